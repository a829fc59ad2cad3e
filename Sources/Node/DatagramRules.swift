public import Wire

/// How a protocol over UDP spreads a message over several datagrams.
public struct DatagramRules: Sendable {
    /// What a datagram is by itself, such as a header with a fragment behind it; also among `Definition.messages`.
    public var parts: [any Message.Type]
    /// Takes the datagrams apart that two ends send each other, and carries the messages that they make. With settings,
    /// what does not fit them is refused.
    public var layer: @Sendable (Settings?) -> any Layer
    /// The message that a datagram is a part of, or all of, or that was put together, as its beginning tells; nil: none.
    public var message: @Sendable (RawSpan) -> (any Message.Type)?
    /// Sizes that a sender may keep its datagrams below.
    public var limits: ClosedRange<Int>
    /// Cuts the bytes of a message into datagrams, in order, of at most so many bytes; nil: as large as the settings
    /// allow.
    public var split:
        @Sendable (any Message.Type, [UInt8], Int?, Settings) throws(ProtocolFunction.Refusal) -> [[UInt8]]
    /// Rules of one protocol.
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
