import Node
public import Wire

/// The messages in the data channels of peers and hubs, for decoders.
public enum ChannelMessages {
    /// The label of the channel that every connection has.
    public static let label = "messages"
    /// The messages that only data channels carry.
    public static let types = named.map(\.type)
    /// The same messages with the member `type` of each.
    private static let named: [(name: String, type: any Message.Type)] = [
        ("__BINARY__", BinaryHeader.self), ("__STREAM_INIT__", StreamInit.self),
        ("__STREAM_CHUNK__", StreamChunk.self), ("__STREAM_END__", StreamEnd.self),
        ("__STREAM_ABORT__", StreamAbort.self),
    ]
    /// Returns the message with this member `type`; nil if only applications know it.
    static func type(named name: String) -> (any Message.Type)? { named.first { $0.name == name }?.type }
    /// Returns the description of a text; nil if it is not a JSON object.
    public static func type(of text: RawSpan) -> (any Message.Type)? {
        var framing = MessageFraming()
        guard case .message(let routed, _) = framing.next(text) else { return nil }
        guard routed == Unrouted.self else { return routed }
        var message = Unrouted()
        guard message.read(borrowing: text), case .text(let type)? = message.type?.value(in: text) else {
            return Unrouted.self
        }
        return Self.type(named: type) ?? Unrouted.self
    }
}
