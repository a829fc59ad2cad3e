/// The content that the layers of a connection carry for the caller above them. Each case has the name of the protocol,
/// or of the layer that takes no part. `in` has the channels that lead to it, one for each layer that has channels.
public enum LayerContent: Sendable, Equatable {
    /// The caller may send from here on. `speaks` is the negotiated text, as `LayerStack.resolve` took it. `by` is the
    /// side that opened the channel, or the connection if there is no channel.
    case begins(String, speaks: String, in: [ChannelID], by: Opener)
    /// The next bytes of a stream, cut at any place.
    case bytes(String, [UInt8], in: [ChannelID])
    /// A whole message, which may be empty; `kind` has the meaning of `LayerOutput.Item.whole`.
    case message(String, [UInt8], kind: UInt8, in: [ChannelID])
    /// This side sends nothing more in the channel. The side is `us` if a layer ended our direction, as a reset does.
    /// If `isOver` is true, neither side sends more.
    case ends(String, in: [ChannelID], by: Opener, isOver: Bool)
}
