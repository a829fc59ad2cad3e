import Wire

@testable import Node
@testable import RightMesh

/// Nodes by name, and the datagrams between them. The test decides when each datagram arrives.
struct Town {
    struct Letter {
        var from: String
        var to: String
        var bytes: [UInt8]
        /// The name of the message type, such as `hello_ack`.
        var type: String {
            "\(MessageType(rawValue: bytes[3]).value(in: RawSpan()))"
        }
    }
    let profile: String
    private(set) var nodes: [String: MeshNode] = [:]
    private(set) var letters: [Letter] = []
    var now = Instant.zero
    private var names: [String] = []
    private var linked: Set<String> = []

    init(_ profile: String) { self.profile = profile }
    static func kind(_ name: String) -> String {
        name.hasPrefix("RSP") ? "superpeer" : name.hasPrefix("S") ? "seller" : "buyer"
    }
    mutating func endpoint(_ name: String) -> Endpoint {
        if !names.contains(name) { names.append(name) }
        return .loopback(UInt16(40_000 + (names.firstIndex(of: name) ?? 0)))
    }
    mutating func contact(_ name: String) -> Greetings.Contact { .init(id: meshID(of: name), endpoint: endpoint(name)) }

    /// Starts a node that knows others. If `namesIDs` is false, it knows only their addresses. `identity` is the node's
    /// identity if it differs from its name.
    mutating func start(
        _ name: String, told: [String] = [], namesIDs: Bool = true, identity: String? = nil, bug: String? = nil,
        _ values: [String: String] = [:]
    ) throws {
        let settings = try Definition.rightmesh.settings(profile: profile, values)
        var options = NodeOptions(settings, random: Random(seed: 1, name), listening: endpoint(name), bug: bug)
        options.kind = Self.kind(name)
        options.identity = meshID(of: identity ?? name).array
        options.acquaintances = told.map {
            .init(
                name: $0, endpoint: endpoint($0), kind: Self.kind($0),
                identity: namesIDs ? meshID(of: $0).array : nil)
        }
        linked = linked.filter { !$0.hasPrefix(name + " ") }
        nodes[name] = MeshNode(options)
        act(name) { $0.start(now: $1, &$2) }
    }
    /// Runs an event at a node. The datagrams that it sends wait.
    mutating func act(_ name: String, _ body: (inout MeshNode, Instant, inout [Action]) -> Void) {
        guard var node = nodes.removeValue(forKey: name) else { return }
        var out: [Action] = []
        body(&node, now, &out)
        while !out.isEmpty {
            let action = out.removeFirst()
            switch action {
            case .connect(let peer):
                linked.insert("\(name) \(peer.port)")
                node.opened(link(peer), peer: peer, by: .us, now: now, &out)
            case .send(let link, let bytes):
                letters.append(Letter(from: name, to: names[Int(link.number) - 40_000], bytes: bytes))
            case .close, .report: break
            }
        }
        nodes[name] = node
    }
    private func link(_ peer: Endpoint) -> LinkID { LinkID(UInt64(peer.port)) }
    mutating func greet(_ from: String, _ to: String) {
        let contact = contact(to)
        act(from) { $0.greet(contact, $1, &$2) }
    }
    /// Delivers the waiting datagrams between two nodes in order, and returns them.
    @discardableResult mutating func deliver(_ from: String, _ to: String) -> [Letter] {
        let mine = letters.filter { $0.from == from && $0.to == to }
        letters.removeAll { $0.from == from && $0.to == to }
        let peer = endpoint(from)
        for letter in mine {
            let isNew = linked.insert("\(to) \(peer.port)").inserted
            let id = link(peer)
            act(to) { node, now, out in
                if isNew { node.opened(id, peer: peer, by: .them, now: now, &out) }
                node.received(letter.bytes.span.bytes, on: id, now: now, &out)
            }
        }
        return mine
    }
    /// Runs these nodes for a number of seconds, and delivers their datagrams.
    mutating func run(_ seconds: Int, _ running: [String]) {
        for _ in 0..<seconds {
            now = now + .seconds(1)
            for name in running { act(name) { $0.wake(now: $1, &$2) } }
            settle()
        }
    }
    /// Drops the datagrams that wait for a node.
    mutating func drop(to name: String) { letters.removeAll { $0.to == name } }
    /// Delivers all datagrams, and all datagrams that they cause.
    mutating func settle() {
        var rounds = 0
        while let first = letters.first, rounds < 10_000 {
            rounds += 1
            deliver(first.from, first.to)
        }
    }
    /// Returns the table of a node as `peer>nexthop/hops`, with names.
    func table(_ name: String) -> Set<String> {
        Set(nodes[name]?.routing.sorted.map { "\(self.name($0.peer))>\(self.name($0.nexthop))/\($0.hops)" } ?? [])
    }
    func name(_ id: MeshID) -> String { names.first { meshID(of: $0) == id } ?? "?" }
    func candidates(_ name: String) -> Set<String> {
        Set(nodes[name]?.candidates.sorted.map { self.name($0.id) } ?? [])
    }
    func online(_ name: String) -> Set<String> {
        Set(nodes[name]?.remote.sorted.filter(\.state.isOnline).map { self.name($0.id) } ?? [])
    }
    /// Returns the names of the node's events.
    func events(_ name: String) -> [String] {
        nodes[name]?.log.all.compactMap { if case .text(let t)? = $0["event"] { t } else { nil } } ?? []
    }
    mutating func ask(_ name: String, _ control: String, _ ids: [MeshID]) -> Value? {
        var answer: Value?
        act(name) {
            answer = $0.control(control, [.init("ids", .list(ids.map { .bytes($0.array) }))], now: $1, &$2)
        }
        return answer
    }
    func count(_ name: String, _ counter: Counter) -> UInt64 { nodes[name]?.reassembler.counters[counter] ?? 0 }
}
