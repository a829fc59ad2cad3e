/// What the layers of a connection carry, for whoever speaks above them. Each says the name of what is spoken, the protocol
/// or a layer that takes no part, and the channels that lead to where it is spoken, one for each layer that has some.
public enum LayerContent: Sendable, Equatable {
    /// It may be spoken from here on; `speaks`: what was negotiated, as `LayerStack.resolve` took it; `by`: who opened the
    /// channel, or the connection where there is none.
    case begins(String, speaks: String, in: [ChannelID], by: Opener)
    /// The next bytes of a stream, cut anywhere.
    case bytes(String, [UInt8], in: [ChannelID])
    /// A whole message, which may be empty; `kind`: as of `LayerOutput.Item.whole`.
    case message(String, [UInt8], kind: UInt8, in: [ChannelID])
    /// This side says no more there: `us` where a layer took that from us, as a reset does. `isOver`: neither side does.
    case ends(String, in: [ChannelID], by: Opener, isOver: Bool)
}
