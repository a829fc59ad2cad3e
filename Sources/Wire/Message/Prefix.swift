/// What the front of a stream is.
@frozen public enum Prefix<M: Message>: Sendable {
    /// A message (borrowed from the bytes given), and how many of them it took; 0 only of a message without bytes.
    case message(M, consumed: Int)
    /// The beginning of one: come back with at least this many bytes more. A peer may claim any length: set a limit.
    case needMore(atLeast: Int)
    /// No message, however many bytes follow.
    case refused(WireError)
}

extension Message {
    /// Reads one message from the front of a stream; borrowed. For binary messages that tell their own length.
    ///
    /// *Need more* is the answer when the bytes end before a field does, or before a length or count that the message
    /// claims, and nothing before that was wrong. Coming back each time with as many bytes as were asked for leads to
    /// the whole message and never beyond it.
    ///
    /// *Refused* is the answer as soon as a field is wrong, and when a field does not fit into a length that is there
    /// in full. A protobuf or JSON message inside a length is read when all of it is there: then it is whole or
    /// refused.
    ///
    /// A message that does not tell its length (`rest`, `sequence`, protobuf and JSON without a frame around them)
    /// takes what is there for the whole: it never needs more, and a part of it may be taken for a message.
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
