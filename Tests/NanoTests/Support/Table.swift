import Wire

@testable import Nano
@testable import Node

/// Nodes and the connections between them, without a network and with a clock that the test sets.
struct Table {
    var now = Instant.zero
    var nodes: [String: ReferenceNode] = [:]
    /// The actions of each node, in order.
    var done: [String: [Action]] = [:]
    private var wires: [Wire] = []
    /// The number of bytes in each delivered piece. If it is 0, each send is one piece.
    var chop = 0
    /// Called for each send. Its result is delivered instead.
    var tamper: (String, [UInt8]) -> [UInt8] = { $1 }

    /// A connection. Each end has its own number for it.
    struct Wire {
        var a: String
        var b: String
        var link: LinkID
        var isOpen = true
    }

    /// Adds a node with this profile and this bug. Its address is 10.0.0.n, and its port is 7000 + n.
    mutating func add(
        _ name: String, profile: String = "v28", network: String = "dev", bug: String? = nil, host: UInt32? = nil,
        seed: UInt64? = nil, peers: [Endpoint] = [], stored: Value? = nil
    ) throws {
        let n = UInt32(nodes.count) + 1
        let settings = try Definition.nano.settings(profile: profile, ["network": network])
        var options = NodeOptions(
            settings, random: Random(seed: seed ?? UInt64(n)),
            listening: Endpoint(v4: 0x0a00_0000 | (host ?? n), port: UInt16(7000 + n)), peers: peers, bug: bug)
        options.stored = stored
        var node = ReferenceNode(options)
        var out: [Action] = []
        node.start(now: now, &out)
        nodes[name] = node
        done[name] = out
    }

    /// Opens a connection from `a` to `b`. Both act until neither has a message to send.
    @discardableResult
    mutating func connect(_ a: String, _ b: String, from: Endpoint? = nil, to: Endpoint? = nil) -> LinkID {
        let link = LinkID(UInt64(wires.count) + 1)
        let ends = (from ?? Endpoint(v4: 0x0a00_0100, port: UInt16(40000 + wires.count)), to ?? .loopback(1))
        wires.append(Wire(a: a, b: b, link: link))
        run(b) { node, now, out in node.opened(link, peer: ends.0, by: .them, now: now, &out) }
        run(a) { node, now, out in node.opened(link, peer: ends.1, by: .us, now: now, &out) }
        return link
    }
    /// Connects the test itself to `b`. The test opens the connection, or the node does if `dialed` is true.
    mutating func attach(_ b: String, dialed: Bool = false, from: Endpoint? = nil) -> LinkID {
        let link = LinkID(UInt64(wires.count) + 1)
        let end = from ?? Endpoint(v4: 0x0a00_0100, port: UInt16(40000 + wires.count))
        wires.append(Wire(a: "", b: b, link: link))
        run(b) { node, now, out in node.opened(link, peer: end, by: dialed ? .us : .them, now: now, &out) }
        return link
    }
    /// Sends bytes from the test on such a connection.
    mutating func say(_ bytes: [UInt8], on link: LinkID) {
        guard let wire = wires.first(where: { $0.link == link }) else { return }
        for piece in pieces(bytes) {
            run(wire.b) { node, now, out in node.received(piece.span.bytes, on: link, now: now, &out) }
        }
    }
    /// Returns the messages to the test on a connection, in order.
    func heard(on link: LinkID) -> [[UInt8]] {
        guard let wire = wires.first(where: { $0.link == link }) else { return [] }
        return (done[wire.b] ?? []).compactMap { if case .send(link, let bytes) = $0 { bytes } else { nil } }
    }
    func isOpen(_ link: LinkID) -> Bool { wires.first { $0.link == link }?.isOpen ?? false }

    /// Advances the time. Timers run when they are due.
    mutating func pass(_ duration: Duration) {
        let end = now + duration
        while let next = nodes.values.compactMap(\.deadline).min(), next <= end {
            now = max(now, next)
            for name in nodes.keys.sorted() {
                guard let due = nodes[name]?.deadline, due <= now else { continue }
                run(name) { node, now, out in node.wake(now: now, &out) }
            }
        }
        now = end
    }

    /// Returns the peers that a node tried to connect to, in order.
    func connects(of node: String) -> [Endpoint] {
        (done[node] ?? []).compactMap { if case .connect(let peer) = $0 { peer } else { nil } }
    }
    /// Reports to the node that the peer does not answer.
    mutating func miss(_ peer: Endpoint, _ node: String) {
        run(node) { node, now, out in node.unreachable(peer, now: now, &out) }
    }

    /// Returns the events that a node reported with this name.
    func reports(_ node: String, _ name: String) -> [Event] {
        (done[node] ?? []).compactMap {
            if case .report(let event) = $0, event.name == name { event } else { nil }
        }
    }

    /// Returns the answer of a node to a question of its operator.
    func ask(_ node: String, _ question: String) -> Value? { nodes[node]?.answer(question, [], now: now) }
    /// Sends a node a command of its operator.
    mutating func tell(_ node: String, _ control: String, _ arguments: [Value.Entry]) -> Value? {
        var answer: Value?
        run(node) { node, now, out in answer = node.control(control, arguments, now: now, &out) }
        return answer
    }

    private mutating func run(_ name: String, _ body: (inout ReferenceNode, Instant, inout [Action]) -> Void) {
        guard var node = nodes[name] else { return }
        var out: [Action] = []
        body(&node, now, &out)
        nodes[name] = node
        done[name, default: []] += out
        for action in out { carry(out: action, of: name) }
    }
    private mutating func carry(out action: Action, of name: String) {
        switch action {
        case .send(let link, let bytes):
            guard let wire = wires.first(where: { $0.link == link }), wire.isOpen else { return }
            let other = wire.a == name ? wire.b : wire.a
            for piece in pieces(tamper(name, bytes)) {
                run(other) { node, now, out in node.received(piece.span.bytes, on: link, now: now, &out) }
            }
        case .close(let link, _):
            guard let i = wires.firstIndex(where: { $0.link == link }), wires[i].isOpen else { return }
            wires[i].isOpen = false
            let other = wires[i].a == name ? wires[i].b : wires[i].a
            run(other) { node, now, out in node.closed(link, now: now, &out) }
        case .connect, .report: break
        }
    }
    private func pieces(_ bytes: [UInt8]) -> [[UInt8]] {
        guard chop > 0 else { return [bytes] }
        return stride(from: 0, to: bytes.count, by: chop).map { Array(bytes[$0..<min(bytes.count, $0 + chop)]) }
    }
}

extension Event {
    /// Returns a detail as text.
    func detail(_ key: String) -> String? {
        guard let value = details.first(where: { $0.key == key })?.value else { return nil }
        switch value {
        case .text(let text): return text
        case .bytes(let bytes): return bytes.hex
        case .uint(let number): return String(number)
        default: return nil
        }
    }
}
