public import Wire

/// How a protocol over UDP spreads a message over several datagrams.
public struct DatagramRules: Sendable {
    /// What a datagram is by itself, such as a header with a fragment behind it; also among `Definition.messages`.
    public var parts: [any Message.Type]
    /// Sizes that a sender may keep its datagrams below.
    public var limits: ClosedRange<Int>
    /// Cuts the bytes of a message into datagrams, in order, of at most so many bytes; nil: as large as the settings
    /// allow.
    public var split:
        @Sendable (any Message.Type, [UInt8], Int?, Settings) throws(ProtocolFunction.Refusal) -> [[UInt8]]
    /// Rules of one protocol.
    public init(
        parts: [any Message.Type], limits: ClosedRange<Int>,
        split:
            @escaping @Sendable (any Message.Type, [UInt8], Int?, Settings) throws(ProtocolFunction.Refusal) ->
            [[UInt8]]
    ) {
        self.parts = parts
        self.limits = limits
        self.split = split
    }
}

/// What a datagram holds, where a message may take several.
public struct DatagramContent: Sendable {
    /// What it is by itself, one of `DatagramRules.parts`; nil when not even that can be read.
    public var part: (any Message.Type)?
    /// The message that it is a part of, or all of.
    public var message: (any Message.Type)?
    /// Messages that are whole now: none while others of its parts are missing.
    public var whole: [Whole]
    /// Why it, or all that was there of the message that it is a part of, was dropped.
    public var problem: WireError?

    /// A message with nothing missing.
    public struct Whole: Sendable {
        /// Its type.
        public var type: any Message.Type
        /// As its type reads it: the datagram, or what was put together from several.
        public var bytes: [UInt8]
        /// Put together from several datagrams: its bytes are not those of one.
        public var isReassembled: Bool
        /// A message of these bytes.
        public init(_ type: any Message.Type, _ bytes: [UInt8], isReassembled: Bool) {
            self.type = type
            self.bytes = bytes
            self.isReassembled = isReassembled
        }
    }
    /// Of nothing but these.
    public init(
        part: (any Message.Type)?, of message: (any Message.Type)? = nil, whole: [Whole] = [],
        problem: WireError? = nil
    ) {
        self.part = part
        self.message = message
        self.whole = whole
        self.problem = problem
    }
}
