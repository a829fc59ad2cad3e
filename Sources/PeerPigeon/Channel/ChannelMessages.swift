import Node
public import Wire

/// The messages in the data channels of peers and hubs, for decoders.
public enum ChannelMessages {
    /// The label of the channel that every connection has.
    public static let label = "messages"
    /// The messages that only data channels carry.
    public static let types: [any Message.Type] = [
        GossipMessage.self, BinaryHeader.self, StreamInit.self, StreamChunk.self, StreamEnd.self, StreamAbort.self,
    ]
    /// Returns the description of a text; nil if it is not a JSON object.
    public static func type(of text: RawSpan) -> (any Message.Type)? {
        var framing = MessageFraming()
        guard case .message(let routed, _) = framing.next(text) else { return nil }
        guard routed == Unrouted.self else { return routed }
        var message = Unrouted()
        guard message.read(borrowing: text), case .text(let type)? = message.type?.value(in: text) else {
            return Unrouted.self
        }
        return switch type {
        case "gossip": GossipMessage.self
        case "__BINARY__": BinaryHeader.self
        case "__STREAM_INIT__": StreamInit.self
        case "__STREAM_CHUNK__": StreamChunk.self
        case "__STREAM_END__": StreamEnd.self
        case "__STREAM_ABORT__": StreamAbort.self
        default: Unrouted.self
        }
    }
}
