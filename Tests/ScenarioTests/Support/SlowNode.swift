import Node
import Wire

/// A node that does what another node does, but sends and closes later.
struct SlowNode: Node {
    private var node: any Node
    private let delay: Duration
    /// The actions that are not yet due, in order.
    private var waiting: [(at: Instant, action: Action)] = []

    init(_ node: any Node, delay: Duration) {
        self.node = node
        self.delay = delay
    }

    mutating func start(now: Instant, _ out: inout [Action]) { call(now) { $0.start(now: now, &$1) } }
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {
        call(now) { $0.opened(link, peer: peer, by: opener, now: now, &$1) }
    }
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        var wanted: [Action] = []
        node.received(bytes, on: link, now: now, &wanted)
        keep(wanted, now)
    }
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {
        waiting.removeAll {
            switch $0.action {
            case .send(link, _), .close(link, _): true
            default: false
            }
        }
        call(now) { $0.closed(link, now: now, &$1) }
    }
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {
        call(now) { $0.unreachable(peer, now: now, &$1) }
    }
    func answer(_ question: String, _ arguments: [Value.Entry], now: Instant) -> Value? {
        node.answer(question, arguments, now: now)
    }
    mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value? {
        var answer: Value?
        call(now) { answer = $0.control(name, arguments, now: now, &$1) }
        return answer
    }
    mutating func wake(now: Instant, _ out: inout [Action]) {
        while let first = waiting.first, first.at <= now { out.append(waiting.removeFirst().action) }
        if let due = node.deadline, due <= now { call(now) { $0.wake(now: now, &$1) } }
    }
    var deadline: Instant? { [waiting.first?.at, node.deadline].compactMap(\.self).min() }

    private mutating func call(_ now: Instant, _ body: (inout any Node, inout [Action]) -> Void) {
        var wanted: [Action] = []
        body(&node, &wanted)
        keep(wanted, now)
    }
    private mutating func keep(_ wanted: [Action], _ now: Instant) {
        waiting += wanted.map { (now + delay, $0) }
    }
}
