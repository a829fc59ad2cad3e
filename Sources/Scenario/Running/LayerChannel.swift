internal import Node

/// A channel that a layer of a connection carries, as whoever looks on sees it.
final class LayerChannel {
    /// The channels that lead to it from the connection, one for each layer, itself last.
    let path: [ChannelID]
    /// Who opened it, `us` being who opened the connection.
    let opener: Opener
    /// The layer that carries it.
    let layer: String
    /// The channel that it is inside of.
    let outer: LayerChannel?
    /// What was agreed on to be spoken there, in the words of the layers.
    var speaks: String?
    /// The link that a step has made of it.
    var link: String?
    /// Sides that have ended it.
    var ended: Set<Opener> = []
    /// What came before a step took it, where nobody knows what is spoken there.
    var early: [(at: Instant, piece: Deframer.Piece)] = []

    init(_ path: [ChannelID], by opener: Opener, of layer: String, inside outer: LayerChannel?, _ speaks: String?) {
        (self.path, self.opener, self.layer, self.outer, self.speaks) = (path, opener, layer, outer, speaks)
    }
    /// The innermost one around it, or itself, that is a link.
    var linked: LayerChannel? { link == nil ? outer?.linked : self }
}

/// The channels of a connection that no step has taken, and how many of all of them are open.
final class LayerChannels {
    /// In the order in which they began.
    private(set) var waiting: [LayerChannel] = []
    private var open = 0
    /// More were open at a time than `limit`: what those carry is not read.
    private(set) var isFull = false
    /// Channels of a connection at a time: as many as a capture reads.
    static let limit = LayerEnds.channelLimit

    /// False: there are too many.
    func begin(_ channel: LayerChannel) -> Bool {
        isFull = isFull || open >= Self.limit
        guard !isFull else { return false }
        // Those that are over and that nobody took go first.
        if waiting.count >= Self.limit, let old = waiting.firstIndex(where: { $0.ended.count == 2 }) {
            waiting.remove(at: old)
        }
        open += 1
        waiting.append(channel)
        return true
    }
    /// So many are over for both sides.
    func end(_ count: Int) { open -= count }
    /// Takes the first one of those that fit.
    func take(where fits: (LayerChannel) -> Bool) -> LayerChannel? {
        waiting.firstIndex(where: fits).map { waiting.remove(at: $0) }
    }
}
