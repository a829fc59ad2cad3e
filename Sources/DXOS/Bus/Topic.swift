import Wire

/// A topic to which hosts publish and subscribe.
enum Topic: Hashable, Sendable {
    /// Messages to a peer.
    case peer([UInt8])
    /// Answers to requests of one host.
    case host([UInt8])
    /// Peers that join a swarm or leave it.
    case swarm([UInt8])

    /// Creates the topic of a subscription; nil if it names no topic.
    init?(_ subscription: BusSubscription) {
        if let swarm = subscription.swarm {
            self = .swarm(swarm.array())
        } else if let host = subscription.host {
            self = .host(host.array())
        } else if let peer = subscription.peer {
            self = .peer(peer.array())
        } else {
            return nil
        }
    }
    var key: [UInt8] {
        switch self {
        case .peer(let key), .host(let key), .swarm(let key): key
        }
    }
    /// The kind of the topic in names.
    var kind: String {
        switch self {
        case .peer: "peer"
        case .host: "host"
        case .swarm: "swarm"
        }
    }
    /// The name on a bus whose topics are text.
    var name: String { kind + "/" + key.hex }
    /// Creates the topic of this name; nil if the name is not a topic.
    init?(named name: String) {
        let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let key = [UInt8](hex: parts[1]) else { return nil }
        switch parts[0] {
        case "peer": self = .peer(key)
        case "host": self = .host(key)
        case "swarm": self = .swarm(key)
        default: return nil
        }
    }
    /// The type of the publications on it.
    var content: TypeName {
        switch self {
        case .peer: .peerEvent
        case .host: .hostEvent
        case .swarm: .swarmEvent
        }
    }
}

extension BusSubscription {
    /// Creates a subscription of this host to a topic.
    init(_ topic: Topic, by subscriber: [UInt8], isResumed: Bool) {
        switch topic {
        case .peer(let key): peer = Bytes(key)
        case .host(let key): host = Bytes(key)
        case .swarm(let key): swarm = Bytes(key)
        }
        self.subscriber = Bytes(subscriber)
        if isResumed { resumed = true }
    }
}
