import TestLayers
import Testing
import Wire

@testable import Node

/// A node that records its calls.
private struct Inner: Node {
    final class Told: @unchecked Sendable { var lines: [String] = [] }
    let told: Told
    var deadline: Instant? { nil }
    mutating func start(now: Instant, _ out: inout [Action]) {}
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
        told.lines.append("opened")
    }
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        // A 2 requests two answers.
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

    /// The negotiation of a layer never ends and has no limit. The connection is closed after 30 s, and the inner node
    /// is never notified.
    @Test mutating func negotiationThatNeverEnds() {
        let link = link
        // The asked side has no limit of its own.
        let asked = call { $0.opened(link, peer: .loopback(1), by: .them, now: .zero, &$1) }
        #expect(asked.isEmpty)
        // Units without a request.
        for _ in 0..<20 {
            hear(unit(.end, 5), .zero + .seconds(20))
        }
        #expect(node.deadline == Instant.zero + LayeredNode.patience)
        #expect(call { $0.wake(now: .zero + .milliseconds(29_999), &$1) }.isEmpty)
        let out = call { $0.wake(now: .zero + .seconds(30), &$1) }
        #expect(isClosed(out) && node.deadline == nil && told.lines.isEmpty)
        #expect(out.contains { if case .report(let event) = $0 { event.name == "layers_timeout" } else { false } })
    }
    /// The node waits for nothing after the layers are established. The inner node is then notified of the bytes that
    /// wait on the wire.
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
    /// Consecutive messages of the inner node to one link are sent in one piece, before its other actions.
    @Test mutating func sendsInARow() {
        let link = link
        _ = call { $0.opened(link, peer: .loopback(1), by: .us, now: .zero, &$1) }
        hear(unit(.grant), .zero)
        let asks = unit(.plain, 1, [2])
        let once = call { $0.received(asks.span.bytes, on: link, now: .zero, &$1) }
        guard case .send(link, let answers)? = once.first, once.count == 1 else {
            return #expect(Bool(false), "\(once)")
        }
        // The inner node receives nothing after the unit at which it closes.
        let heard = asks + asks + unit(.plain, 1, [1]) + asks
        let out = call { $0.received(heard.span.bytes, on: link, now: .zero, &$1) }
        #expect(out.first == .send(link, answers + answers) && out.last == .close(link) && out.count == 3)
    }
    /// If the layers of a dialed connection were never established, the inner node is notified that it is unreachable.
    /// If it closed the connection itself, it is not notified.
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
