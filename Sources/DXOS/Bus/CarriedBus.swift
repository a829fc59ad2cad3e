import Node

/// The bus of a host whose topics another protocol carries, such as gossipsub.
struct CarriedBus: Sendable {
    /// The topics to which this host is subscribed.
    private(set) var held: Set<Topic> = []
    private var calls: [PubsubCall] = []
    /// The key of the signaling network; nil: the hosts that the carrier reaches are all of one network.
    private(set) var network: String?
    /// True if the carrier looks for the other hosts of the network.
    private let meets: Bool
    /// The maximum number of bytes of a message to a peer. An RPC of gossipsub has at most 1 MiB, with the keys and the
    /// signature of the publication.
    static let largestMessage = (1 << 20) - (16 << 10)

    /// The network of hosts that meet without a key.
    static let defaultNetwork = "meshspec"

    /// Creates the bus of a host in a signaling network. `meets`: the carrier looks for its other hosts.
    init(network: String?, meets: Bool) {
        self.meets = meets
        self.network = network ?? (meets ? Self.defaultNetwork : nil)
        meet()
    }
    /// Returns the namespace in which the hosts of a signaling network find each other.
    static func namespace(of network: String) -> String { "dxos-signal/" + network }
    private mutating func meet() {
        if meets, let network { calls.append(.meet(Self.namespace(of: network))) }
    }
    /// Moves to another signaling network, with all topics.
    mutating func move(to network: String) {
        let topics = held.sorted { $0.name < $1.name }
        for topic in topics { calls.append(.unsubscribe(name(of: topic))) }
        self.network = network
        for topic in topics { calls.append(.subscribe(name(of: topic))) }
        meet()
    }
    mutating func carry(_ call: BusCall) {
        switch call {
        case .subscribe(let topic) where held.insert(topic).inserted: calls.append(.subscribe(name(of: topic)))
        case .unsubscribe(let topic) where held.remove(topic) != nil: calls.append(.unsubscribe(name(of: topic)))
        case .subscribe, .unsubscribe: break
        case .publish(let topic, let content, _): calls.append(.publish(name(of: topic), content))
        }
    }
    mutating func takeCalls() -> [PubsubCall] {
        guard !calls.isEmpty else { return [] }
        defer { calls = [] }
        return calls
    }
    /// Returns the bus event for an event of the carrier; nil if its topic is not held.
    func event(_ event: PubsubEvent) -> BusEvent? {
        switch event {
        case .published(let name, let content):
            topic(named: name).map { .published($0, content) }
        case .joined(let name): topic(named: name).map { .resumed($0) }
        }
    }
    /// The beginning of the names of topics, which differs for each network.
    private var prefix: String { network.map { $0 + "/" } ?? "" }
    private func name(of topic: Topic) -> String { prefix + topic.name }
    /// Returns the held topic of this name.
    private func topic(named name: String) -> Topic? {
        guard name.utf8.starts(with: prefix.utf8),
            let topic = Topic(named: String(decoding: name.utf8.dropFirst(prefix.utf8.count), as: UTF8.self))
        else { return nil }
        return held.contains(topic) ? topic : nil
    }
}
