public import Wire

/// The rules by which a protocol over UDP spreads a message over several datagrams.
public struct DatagramRules: Sendable {
    /// The types of a single datagram, such as a header followed by a fragment; also among `Definition.messages`.
    public var parts: [any Message.Type]
    /// Creates a layer that reads the datagrams between two ends and carries the messages that they form. With
    /// settings, it refuses datagrams that do not fit them.
    public var layer: @Sendable (Settings?) -> any Layer
    /// Returns the type of a message from its beginning. The bytes are a datagram, or a message that was reassembled.
    /// Nil if they begin no message.
    public var message: @Sendable (RawSpan) -> (any Message.Type)?
    /// The allowed values of a sender's size limit for its datagrams.
    public var limits: ClosedRange<Int>
    /// Splits the bytes of a message into datagrams, in order, of at most this many bytes; nil: as large as the
    /// settings allow.
    public var split:
        @Sendable (any Message.Type, [UInt8], Int?, Settings) throws(ProtocolFunction.Refusal) -> [[UInt8]]
    /// Creates the rules of one protocol.
    public init(
        parts: [any Message.Type], limits: ClosedRange<Int>,
        layer: @escaping @Sendable (Settings?) -> any Layer,
        message: @escaping @Sendable (RawSpan) -> (any Message.Type)?,
        split:
            @escaping @Sendable (any Message.Type, [UInt8], Int?, Settings) throws(ProtocolFunction.Refusal) ->
            [[UInt8]]
    ) {
        self.parts = parts
        self.layer = layer
        self.message = message
        self.limits = limits
        self.split = split
    }
}
