internal import Node
internal import Wire

/// A node with a watch that reports the signals that a hub passes on to hubs, or that a client receives from a hub.
struct SignalWatch: Node {
    /// The numbers of the hubs by their ids, as the simulation assigned them.
    let hubs: [String: Int]
    /// A closure that returns the number of the hub at an address; nil in the watch of a client.
    let places: (@Sendable (Endpoint) -> Int?)?
    let model: RelayModel
    var inner: any Node
    /// The links of a hub to other hubs.
    private var links: [LinkID: Int] = [:]

    static let relayed = "watch: relayed"
    static let delivered = "watch: delivered"
    static let up = "watch: up"
    static let down = "watch: down"

    init(
        _ inner: any Node, _ model: RelayModel, hubs: [String: Int], places: (@Sendable (Endpoint) -> Int?)?
    ) {
        (self.inner, self.model, self.hubs, self.places) = (inner, model, hubs, places)
    }
    var deadline: Instant? { inner.deadline }
    private mutating func watch(
        _ out: inout [Action], _ body: (inout any Node, inout [Action]) -> Void
    ) {
        let first = out.count
        body(&inner, &out)
        guard places != nil else { return }
        var i = first
        while i < out.count {
            switch out[i] {
            case .send(let link, let bytes):
                if let to = links[link], let signal = model.signal(bytes.span.bytes) {
                    out.append(.report(Self.event(Self.relayed, on: link, signal, to: to)))
                }
            case .close(let link, _): drop(link, &out)
            default: break
            }
            i += 1
        }
    }
    private static func event(
        _ name: String, on link: LinkID, _ signal: (type: String, session: UInt64), to: Int
    ) -> Event {
        Event(
            name, link,
            [
                .init("type", .text(signal.type)), .init("session", .uint(signal.session)),
                .init("to", .uint(UInt64(to))),
            ])
    }
    private mutating func drop(_ link: LinkID, _ out: inout [Action]) {
        if links.removeValue(forKey: link) != nil { out.append(.report(Event(Self.down, link))) }
    }
    mutating func start(now: Instant, _ out: inout [Action]) { watch(&out) { $0.start(now: now, &$1) } }
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
        watch(&out) { $0.opened(link, peer: peer, by: opener, now: now, &$1) }
    }
    mutating func opened(
        _ link: LinkID, speaks: String, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]
    ) {
        if let places {
            let other = opener == .us ? places(peer) : model.asks(speaks).flatMap { hubs[$0] }
            if let other {
                links[link] = other
                out.append(.report(Event(Self.up, link, [.init("to", .uint(UInt64(other)))])))
            }
        }
        watch(&out) { $0.opened(link, speaks: speaks, peer: peer, by: opener, now: now, &$1) }
    }
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        look(bytes, link, &out)
        watch(&out) { node, out in node.received(bytes, on: link, now: now, &out) }
    }
    mutating func received(_ message: RawSpan, kind: UInt8, on link: LinkID, now: Instant, _ out: inout [Action]) {
        look(message, link, &out)
        watch(&out) { node, out in node.received(message, kind: kind, on: link, now: now, &out) }
    }
    private func look(_ bytes: RawSpan, _ link: LinkID, _ out: inout [Action]) {
        guard places == nil, let signal = model.signal(bytes) else { return }
        out.append(.report(Self.event(Self.delivered, on: link, signal, to: 0)))
    }
    mutating func unsent(_ bytes: Int, on link: LinkID, now: Instant, _ out: inout [Action]) {
        watch(&out) { $0.unsent(bytes, on: link, now: now, &$1) }
    }
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {
        watch(&out) { $0.closed(link, now: now, &$1) }
        drop(link, &out)
    }
    mutating func closed(_ link: LinkID, status: CloseStatus?, now: Instant, _ out: inout [Action]) {
        watch(&out) { $0.closed(link, status: status, now: now, &$1) }
        drop(link, &out)
    }
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {
        watch(&out) { $0.unreachable(peer, now: now, &$1) }
    }
    mutating func wake(now: Instant, _ out: inout [Action]) { watch(&out) { $0.wake(now: now, &$1) } }
    func answer(_ question: String, _ arguments: [Value.Entry], now: Instant) -> Value? {
        inner.answer(question, arguments, now: now)
    }
    mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value? {
        var answer: Value?
        watch(&out) { answer = $0.control(name, arguments, now: now, &$1) }
        return answer
    }
}
