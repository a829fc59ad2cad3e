/// The result of reading a message from the front of a stream.
@frozen public enum Prefix<M: Message>: Sendable {
    /// A message that borrows from the given bytes, and the number of bytes it took. The number is 0 only for a message
    /// without bytes.
    case message(M, consumed: Int)
    /// The beginning of a message: call again with at least this many more bytes. A peer may claim any length: set a
    /// limit.
    case needMore(atLeast: Int)
    /// No message, regardless of the bytes that follow.
    case refused(WireError)
}

extension Message {
    /// Reads one message from the front of a stream; the message borrows. This is for binary messages that determine
    /// their own length.
    ///
    /// The result is *need more* if the bytes end before a field does, or before a length or count that the message
    /// claims. Nothing before that may be wrong. A caller that adds the requested number of bytes each time gets the
    /// whole message and never reads beyond it.
    ///
    /// The result is *refused* as soon as a field is wrong. It is also *refused* if a field does not fit into a length
    /// that is there in full. A protobuf or JSON message inside a length is read when all of it is there: then it is
    /// whole or refused.
    ///
    /// A message may not determine its length: `rest`, `sequence`, protobuf and JSON without a frame around them. Then
    /// the given bytes are the whole message. It never needs more, and a part of it may be taken for a message.
    ///
    /// The same bytes as a message on their own (`init(copying:)`, `check`, `dissect`) are refused as truncated.
    @inlinable public static func prefix(of bytes: RawSpan) -> Prefix<Self> {
        var m = Self()
        var r = Reader<Silent>(bytes)
        m.decode(&r)
        if form != .binary { _ = r.finish(form) }
        if r.ok { return .message(m, consumed: r.at) }
        return r.missing > 0 ? .needMore(atLeast: r.missing) : .refused(refusal(bytes))
    }
}
