import Node
import Testing
import Wire

/// A user that publishes the bytes of its connections, and sends all publications to them.
private struct Talker: PubsubUser {
    var leavesPubsub: Bool { true }
    var links: [LinkID] = []
    var calls: [PubsubCall] = [.subscribe("t")]
    var deadline: Instant? { nil }
    mutating func start(now: Instant, _ out: inout [Action]) {}
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
        links.append(link)
    }
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        calls.append(.publish("t", bytes.withUnsafeBytes { [UInt8]($0) }))
    }
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) { links.removeAll { $0 == link } }
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {}
    mutating func wake(now: Instant, _ out: inout [Action]) {}
    mutating func takePubsubCalls() -> [PubsubCall] {
        defer { calls = [] }
        return calls
    }
    mutating func hear(_ event: PubsubEvent, now: Instant, _ out: inout [Action]) {
        guard case .published(_, let bytes) = event else { return }
        for link in links { out.append(.send(link, bytes)) }
    }
}

/// A carrier that dials one peer. It sends publications on all connections after the byte 0x13, and receives them
/// there.
private struct Carrier: PubsubCarrier {
    let peer: Endpoint?
    var links: [LinkID] = []
    var events: [PubsubEvent] = []
    var subscribed: [String] = []
    var lost = 0
    var deadline: Instant? { nil }
    func isOpening(_ first: UInt8) -> Bool { first == 0x13 }
    mutating func start(now: Instant, _ out: inout [Action]) { if let peer { out.append(.connect(peer)) } }
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
        links.append(link)
    }
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        events.append(.published("t", bytes.withUnsafeBytes { [UInt8]($0.dropFirst()) }))
    }
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) { links.removeAll { $0 == link } }
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) { lost += 1 }
    mutating func wake(now: Instant, _ out: inout [Action]) {}
    mutating func carry(_ call: PubsubCall, now: Instant, _ out: inout [Action]) {
        switch call {
        case .subscribe(let topic): subscribed.append(topic)
        case .publish(_, let bytes): for link in links { out.append(.send(link, [0x13] + bytes)) }
        case .unsubscribe, .meet: break
        }
    }
    mutating func takePubsubEvents() -> [PubsubEvent] {
        defer { events = [] }
        return events
    }
}

/// Two nodes in one.
@Suite struct PubsubPairTests {
    private let user = LinkID(1), dialed = LinkID(2), accepted = LinkID(3)

    private func say(_ text: [UInt8], _ link: LinkID, _ pair: inout PubsubPair) -> [Action] {
        var out: [Action] = []
        pair.received(text.span.bytes, on: link, now: .zero, &out)
        return out
    }
    /// A connection belongs to the node that dialed it, or to the one that its first byte selects. Bytes on one side
    /// arrive on the other.
    @Test func bothAtOneAddress() {
        var pair = PubsubPair(Talker(), over: Carrier(peer: .loopback(9)))
        var out: [Action] = []
        pair.start(now: .zero, &out)
        #expect(out == [.connect(.loopback(9))])
        out = []
        pair.opened(dialed, peer: .loopback(9), by: .us, now: .zero, &out)
        pair.opened(user, peer: .loopback(5), by: .them, now: .zero, &out)
        pair.opened(accepted, peer: .loopback(6), by: .them, now: .zero, &out)
        #expect(out.isEmpty && pair.deadline == .zero + PubsubPair.patience)
        #expect(say([0x47, 1], user, &pair) == [.send(dialed, [0x13, 0x47, 1])])
        #expect(say([0x13, 2], accepted, &pair) == [.send(user, [2])])
        #expect(pair.deadline == nil)
        #expect(say([0x47], user, &pair) == [.send(dialed, [0x13, 0x47]), .send(accepted, [0x13, 0x47])])
        pair.closed(dialed, now: .zero, &out)
        #expect(say([0x48], user, &pair) == [.send(accepted, [0x13, 0x48])])
    }
    /// A connection without a first byte is closed after the timeout. If too many connections wait for it, a new one is
    /// closed.
    @Test func silence() {
        var pair = PubsubPair(Talker(), over: Carrier(peer: nil))
        var out: [Action] = []
        for n in 0...1_024 {
            pair.opened(LinkID(UInt64(n)), peer: .loopback(5), by: .them, now: .zero, &out)
        }
        #expect(out == [.close(LinkID(1_024))])
        out = []
        pair.wake(now: .zero + PubsubPair.patience, &out)
        #expect(out.count == 1_024 && pair.deadline == nil)
    }
}
