public import Node
public import Wire

// What the nodes on a `Host` have in common: their options, and the events that they report about connections.
extension Libp2pOptions {
    /// Creates the options of a node with this identity.
    public init(_ options: NodeOptions, _ identity: Identity) {
        self.init(options.settings)
        self.identity = identity
        if let at = options.listening, !at.isUnspecified { addresses = [Multiaddr(at)] }
        recordSequence = UInt64(options.starts) + 1
    }
}

extension Host {
    /// The event that a node with this host reports at its start. `listening`: the address where it listens.
    public func ready(_ listening: Endpoint?, _ more: [Value.Entry] = []) -> Event {
        let addresses = listening.map { [Multiaddr($0, peer: identity.peer)] } ?? []
        return Event(
            "ready", nil,
            [
                .init("peer_id", .text(identity.peer.description)),
                .init("addrs", .list(addresses.map { .text($0.description) })),
            ] + more)
    }
}

extension HostNews {
    /// The event that a node reports: that a peer is connected or disconnected, or that an address cannot be reached;
    /// nil for other news.
    public var event: Event? {
        switch self {
        case .connected(let peer, let at, let by):
            Event(
                "connected", nil,
                [
                    .init("peer", .text(peer.description)), .init("address", .text(at.description)),
                    .init("dialed", .bool(by == .us)),
                ])
        case .disconnected(let peer, _, _):
            Event("disconnected", nil, [.init("peer", .text(peer.description))])
        case .unreachable(let at): Event("connect_failed", nil, [.init("address", .text(at.description))])
        case .identified, .opened, .refused, .received, .ended: nil
        }
    }
}
