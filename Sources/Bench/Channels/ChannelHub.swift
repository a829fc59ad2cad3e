import Network
import Node
import WebRTC

/// A node with connections to other nodes, each on a socket of its own, all in this process.
struct ChannelHub {
    private let hub: ChannelNode
    private let peers: [ChannelNode]

    /// A node, and the datagrams to it.
    private struct Place {
        var node: ChannelNode
        var links: [Endpoint: LinkID] = [:]
        let at: Endpoint
        var isOpen: Set<UInt64> = []
        var signals: [(UInt64, ChannelSignal)] = []
        var last: UInt64 = 0

        init(_ identity: SecureIdentity, port: UInt16) {
            at = .loopback(port)
            node = ChannelNode(.init(identity: identity, hosts: [at]), Random(seed: UInt64(port)))
        }
        /// Calls the node. Appends its datagrams to `flying`.
        mutating func call(_ flying: inout [Datagram], _ body: (inout ChannelNode, Instant, inout [Action]) -> Void) {
            var out: [Action] = []
            body(&node, ChannelCouple.now, &out)
            for event in node.takeChannelEvents() {
                switch event {
                case .signal(let number, let signal): signals.append((number, signal))
                case .opened(let number, _): isOpen.insert(number)
                default: break
                }
            }
            for action in out {
                switch action {
                case .connect(let peer): open(peer, by: .us, &flying)
                case .send(let link, let bytes):
                    if let to = links.first(where: { $0.value == link })?.key { flying.append((at, to, bytes)) }
                default: break
                }
            }
        }
        mutating func open(_ peer: Endpoint, by opener: Opener, _ flying: inout [Datagram]) {
            last += 1
            let link = LinkID(last)
            links[peer] = link
            call(&flying) { $0.opened(link, peer: peer, by: opener, now: $1, &$2) }
        }
        mutating func receive(_ datagram: Datagram, _ flying: inout [Datagram]) {
            if links[datagram.from] == nil { open(datagram.from, by: .them, &flying) }
            guard let link = links[datagram.from] else { return }
            call(&flying) { $0.received(datagram.bytes.span.bytes, on: link, now: $1, &$2) }
        }
    }
    private typealias Datagram = (from: Endpoint, to: Endpoint, bytes: [UInt8])

    /// Opens a channel to each peer; nil if that takes more than 60 s.
    init?(_ identity: SecureIdentity, peers count: Int) {
        var hub = Place(identity, port: 10_000)
        var others = (1...count).map { Place(identity, port: 10_000 + UInt16($0)) }
        var flying: [Datagram] = []
        for number in 1...count {
            hub.call(&flying) { $0.carry(.offer(UInt64(number), label: "messages"), now: $1, &$2) }
        }
        for (number, offer) in hub.signals {
            let i = Int(number) - 1
            others[i].call(&flying) { $0.carry(.signal(number, offer), now: $1, &$2) }
            for (_, answer) in others[i].signals {
                hub.call(&flying) { $0.carry(.signal(number, answer), now: $1, &$2) }
            }
            others[i].signals = []
        }
        let start = Benchmark.now
        while hub.isOpen.count < count || others.contains(where: { $0.isOpen.isEmpty }) {
            guard Benchmark.now - start < 60e9 else { return nil }
            let due = flying
            flying = []
            for one in due {
                if one.to == hub.at {
                    hub.receive(one, &flying)
                } else {
                    let i = Int(one.to.port) - 10_001
                    if others.indices.contains(i) { others[i].receive(one, &flying) }
                }
            }
            guard due.isEmpty else { continue }
            Benchmark.wait(until: ([hub.node.deadline] + others.map(\.node.deadline)).compactMap { $0 }.min())
            hub.call(&flying) { $0.wake(now: $1, &$2) }
            for i in others.indices { others[i].call(&flying) { $0.wake(now: $1, &$2) } }
        }
        (self.hub, self.peers) = (hub.node, others.map(\.node))
    }
}
