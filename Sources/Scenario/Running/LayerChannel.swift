internal import Node

/// A channel that a layer of a connection carries, as an observer of the connection sees it.
final class LayerChannel {
    /// The channels from the connection to this one, one for each layer. The last one is this channel.
    let path: [ChannelID]
    /// The side that opened it. `us` is the side that opened the connection.
    let opener: Opener
    /// The layer that carries it.
    let layer: String
    /// The channel that contains it.
    let outer: LayerChannel?
    /// The protocol negotiated for the channel, in the terms of the layers.
    var speaks: String?
    /// The link that a step made from the channel.
    var link: String?
    /// The sides that have ended it.
    var ended: Set<Opener> = []
    /// The pieces received before a step took the channel, if its protocol is unknown.
    var early: [(at: Instant, piece: Deframer.Piece)] = []

    init(_ path: [ChannelID], by opener: Opener, of layer: String, inside outer: LayerChannel?, _ speaks: String?) {
        (self.path, self.opener, self.layer, self.outer, self.speaks) = (path, opener, layer, outer, speaks)
    }
    /// The innermost surrounding channel that is a link, or this channel itself if it is a link.
    var linked: LayerChannel? { link == nil ? outer?.linked : self }
}

/// The channels of a connection that no step has taken, and the number of open channels of the connection.
final class LayerChannels {
    /// The channels in the order in which they began.
    private(set) var waiting: [LayerChannel] = []
    private var open = 0
    /// True if more than `limit` channels were open at the same time. The content of the excess channels is not read.
    private(set) var isFull = false
    /// The maximum number of open channels of a connection. It equals the limit for captures.
    static let limit = LayerEnds.channelLimit

    /// Adds a channel. Returns false if there are too many.
    func begin(_ channel: LayerChannel) -> Bool {
        isFull = isFull || open >= Self.limit
        guard !isFull else { return false }
        // Channels that have ended and were not taken are removed first.
        if waiting.count >= Self.limit, let old = waiting.firstIndex(where: { $0.ended.count == 2 }) {
            waiting.remove(at: old)
        }
        open += 1
        waiting.append(channel)
        return true
    }
    /// Subtracts channels that both sides have ended.
    func end(_ count: Int) { open -= count }
    /// Takes the first channel that fits.
    func take(where fits: (LayerChannel) -> Bool) -> LayerChannel? {
        waiting.firstIndex(where: fits).map { waiting.remove(at: $0) }
    }
}
