/// A channel of a connection's layers.
struct ChannelKey: Hashable {
    var flow: Int
    /// Its place among the layers, such as `libp2p.yamux/#2/gossipsub`.
    var path: String
}

/// Who speaks in a channel.
struct ChannelUse {
    /// Those who are played said something in it before the node did: they opened it.
    var isOursFirst: Bool
    /// Those who are played say something in it at all.
    var isOursIn: Bool
    /// The node says something in it.
    var isTheirsIn: Bool
}

extension ScenarioWriter {
    /// Who speaks in the channels of all connections.
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
