import TestLayers
import Testing
import Wire

@testable import Node

/// Writes down what it is told.
private struct Inner: Node {
    final class Told: @unchecked Sendable { var lines: [String] = [] }
    let told: Told
    var deadline: Instant? { nil }
    mutating func start(now: Instant, _ out: inout [Action]) {}
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
        told.lines.append("opened")
    }
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        // A 2 asks for two answers.
        let isAsked = bytes.withUnsafeBytes { Array($0) } == [2]
        out += isAsked ? [.send(link, [3]), .send(link, [4])] : [.close(link)]
    }
    mutating func unsent(_ bytes: Int, on link: LinkID, now: Instant, _ out: inout [Action]) {
        told.lines.append("unsent \(bytes)")
    }
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) { told.lines.append("closed") }
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {
        told.lines.append("unreachable \(peer)")
    }
    mutating func wake(now: Instant, _ out: inout [Action]) {}
}

struct LayeredNodeTests {
    private let told = Inner.Told()
    private let link = LinkID(1)
    private var node: LayeredNode

    init() {
        let settings = Settings(profile: "", values: [:])
        node = LayeredNode(
            Inner(told: told), of: "toy", over: .envelope(carriesMessages: false), settings, Random(seed: 1))
    }
    private mutating func call(_ body: (inout LayeredNode, inout [Action]) -> Void) -> [Action] {
        var out: [Action] = []
        body(&node, &out)
        return out
    }
    private mutating func hear(_ bytes: [UInt8], _ now: Instant) {
        let link = link
        _ = call { node, out in node.received(bytes.span.bytes, on: link, now: now, &out) }
    }
    private func isClosed(_ out: [Action]) -> Bool { out.contains(.close(link)) }

    /// A layer whose negotiation never ends, and which has no limit: closed after 30 s, and the node inside never hears
    /// of it.
    @Test mutating func negotiationThatNeverEnds() {
        let link = link
        // The side that is asked has no limit of its own.
        let asked = call { $0.opened(link, peer: .loopback(1), by: .them, now: .zero, &$1) }
        #expect(asked.isEmpty)
        // Units that ask for nothing.
        for _ in 0..<20 {
            hear(unit(.end, 5), .zero + .seconds(20))
        }
        #expect(node.deadline == Instant.zero + LayeredNode.patience)
        #expect(call { $0.wake(now: .zero + .milliseconds(29_999), &$1) }.isEmpty)
        let out = call { $0.wake(now: .zero + .seconds(30), &$1) }
        #expect(isClosed(out) && node.deadline == nil && told.lines.isEmpty)
        #expect(out.contains { if case .report(let event) = $0 { event.name == "layers_timeout" } else { false } })
    }
    /// Once they stand nothing is waited for; what waits on the wire is told to the node inside from then on.
    @Test mutating func unsentBytes() {
        let link = link
        _ = call { $0.opened(link, peer: .loopback(1), by: .us, now: .zero, &$1) }
        _ = call { $0.unsent(5, on: link, now: .zero, &$1) }
        hear(unit(.grant), .zero)
        #expect(node.deadline == nil)
        _ = call { $0.unsent(7, on: link, now: .zero, &$1) }
        _ = call { $0.unsent(9, on: LinkID(2), now: .zero, &$1) }
        _ = call { $0.closed(link, now: .zero, &$1) }
        _ = call { $0.unsent(11, on: link, now: .zero, &$1) }
        #expect(told.lines == ["opened", "unsent 7", "closed"])
    }
    /// What the node inside sends to one link in a row goes out in one piece, before what it wants besides.
    @Test mutating func sendsInARow() {
        let link = link
        _ = call { $0.opened(link, peer: .loopback(1), by: .us, now: .zero, &$1) }
        hear(unit(.grant), .zero)
        let asks = unit(.plain, 1, [2])
        let once = call { $0.received(asks.span.bytes, on: link, now: .zero, &$1) }
        guard case .send(link, let answers)? = once.first, once.count == 1 else {
            return #expect(Bool(false), "\(once)")
        }
        // It hears nothing more behind the unit for which it closes.
        let heard = asks + asks + unit(.plain, 1, [1]) + asks
        let out = call { $0.received(heard.span.bytes, on: link, now: .zero, &$1) }
        #expect(out.first == .send(link, answers + answers) && out.last == .close(link) && out.count == 3)
    }
    /// Of one that it wanted and whose layers never stood the node inside hears that it could not be made; of one that it
    /// closed itself, nothing.
    @Test mutating func layersThatNeverStand() {
        let link = link
        _ = call { $0.opened(link, peer: .loopback(9), by: .us, now: .zero, &$1) }
        _ = call { $0.closed(link, now: .zero, &$1) }
        #expect(told.lines == ["unreachable 127.0.0.1:9"])
        _ = call { $0.opened(link, peer: .loopback(9), by: .us, now: .zero, &$1) }
        #expect(isClosed(call { $0.wake(now: .zero + .seconds(30), &$1) }))
        #expect(told.lines.count == 2)
        _ = call { $0.opened(link, peer: .loopback(9), by: .them, now: .zero, &$1) }
        _ = call { $0.closed(link, now: .zero, &$1) }
        _ = call { $0.opened(link, peer: .loopback(9), by: .us, now: .zero, &$1) }
        hear(unit(.grant) + unit(.plain, 1, [1]), .zero)
        _ = call { $0.closed(link, now: .zero, &$1) }
        #expect(told.lines.suffix(2) == ["unreachable 127.0.0.1:9", "opened"])
    }
}
