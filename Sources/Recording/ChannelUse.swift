/// A channel in the layers of a connection.
struct ChannelKey: Hashable {
    var flow: Int
    /// The path of the channel in the layers, such as `libp2p.yamux/#2/gossipsub`.
    var path: String
}

/// The sides that send in a channel.
struct ChannelUse {
    /// True if a played actor sent in the channel before the node did, which means that the actor opened it.
    var isOursFirst: Bool
    /// True if a played actor sends in the channel.
    var isOursIn: Bool
    /// True if the node sends in the channel.
    var isTheirsIn: Bool
}

extension ScenarioWriter {
    /// Returns the senders in the channels of all connections.
    static func channels(_ traffic: RecordedTraffic) -> [ChannelKey: ChannelUse] {
        var out: [ChannelKey: ChannelUse] = [:]
        for e in traffic.events where e.isSaid {
            guard let path = e.channel else { continue }
            let key = ChannelKey(flow: e.flow, path: path)
            var use = out[key] ?? ChannelUse(isOursFirst: e.isOurs, isOursIn: false, isTheirsIn: false)
            use.isOursIn = use.isOursIn || e.isOurs
            use.isTheirsIn = use.isTheirsIn || !e.isOurs
            out[key] = use
        }
        return out
    }
}
