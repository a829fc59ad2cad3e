import Wire

/// What hosts publish to and subscribe to.
enum Topic: Hashable, Sendable {
    /// Messages to a peer.
    case peer([UInt8])
    /// What one host asked others to tell it.
    case host([UInt8])
    /// Who comes to a swarm, and who leaves it.
    case swarm([UInt8])

    /// The topic of a subscription; nil: it names none.
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
    /// As a bus that names its topics with text has it.
    var name: String {
        switch self {
        case .peer(let key): "peer/" + key.hex
        case .host(let key): "host/" + key.hex
        case .swarm(let key): "swarm/" + key.hex
        }
    }
    /// The topic of this name; nil: none has it.
    init?(named name: String) {
        let parts = name.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let key = [UInt8](hex: parts[1]) else { return nil }
        switch parts[0] {
        case "peer": self = .peer(key)
        case "host": self = .host(key)
        case "swarm": self = .swarm(key)
        default: return nil
        }
    }
    /// What is published on it.
    var content: TypeName {
        switch self {
        case .peer: .peerEvent
        case .host: .hostEvent
        case .swarm: .swarmEvent
        }
    }
}

extension BusSubscription {
    /// One of this host to a topic.
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
