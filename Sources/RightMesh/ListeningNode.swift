internal import Node
import Wire

/// Takes datagrams, rejoins them and reports each message and each drop; it has no tables and sends nothing.
struct ListeningNode: Node {
    private var rejoiner = Rejoiner()
    private var peers: [LinkID: Endpoint] = [:]

    var deadline: Instant? { rejoiner.deadline }
    mutating func start(now: Instant, _ out: inout [Action]) {}
    mutating func opened(
        _ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]
    ) { peers[link] = peer }
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        guard let peer = peers[link] else { return }
        switch rejoiner.receive(bytes, from: peer, now: now) {
        case .message(let whole):
            let header = whole.header
            out.append(
                .report(
                    Event(
                        "message", link,
                        [
                            .init("type", header.type.value(in: RawSpan())), .init("src", .bytes(header.src.array)),
                            .init("msg_id", .uint(UInt64(header.msgID))),
                            .init("fragments", .uint(UInt64(header.fragCount))),
                        ])))
        case .dropped(let counter): out.append(.report(Event("dropped", link, [.init("counter", .text(counter.name))])))
        case .more, .done, .relay: break
        }
    }
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) { peers[link] = nil }
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {}
    mutating func wake(now: Instant, _ out: inout [Action]) { rejoiner.expire(now: now) }
}
