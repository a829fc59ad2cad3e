public import Wire

/// A piece of a user message, or a whole one (RFC 9260, section 3.3.1). The pieces of a message have consecutive TSNs.
public struct DataChunk: Message {
    public static var name: StaticString { "sctp.data" }
    /// The number of the piece in its direction, modulo 2^32.
    public var tsn: UInt32 = 0
    /// The stream, which is the number of the data channel.
    public var stream: UInt16 = 0
    /// The number of the message in its stream; without meaning if it is unordered.
    public var sequence: UInt16 = 0
    public var kind = PayloadProtocol.string
    public var payload = Bytes()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("tsn", &tsn)
        c.field("stream", &stream)
        c.field("ssn", &sequence)
        c.field("ppid", &kind)
        c.rest("payload", &payload)
    }
}

/// A piece of a user message whose pieces may alternate with pieces of other messages (RFC 8260, section 2.1).
public struct InterleavedDataChunk: Message {
    public static var name: StaticString { "sctp.i_data" }
    public var tsn: UInt32 = 0
    public var stream: UInt16 = 0
    public var reserved: UInt16 = 0
    /// The number of the message in its stream.
    public var message: UInt32 = 0
    /// The kind of the message in its first piece, otherwise the number of the piece.
    public var number: UInt32 = 0
    public var payload = Bytes()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("tsn", &tsn)
        c.field("stream", &stream)
        c.field("reserved", &reserved)
        c.field("mid", &message)
        c.field("ppid_or_fsn", &number)
        c.rest("payload", &payload)
    }
}

/// The acknowledgement of data (RFC 9260, section 3.3.4).
public struct SelectiveAckChunk: Message {
    public static var name: StaticString { "sctp.sack" }
    /// The last TSN up to which all were received.
    public var cumulativeTSN: UInt32 = 0
    /// The number of bytes for which the receiver has room.
    public var window: UInt32 = 0
    public var gapCount = Derived<UInt16>()
    public var duplicateCount = Derived<UInt16>()
    /// The ranges of TSNs that were received after a missing one.
    public var gaps: [AckedRange] = []
    /// The TSNs that were received again.
    public var duplicates: [UInt32] = []

    public init() {}
    public static var variants: [Self] {
        var full = Self()
        full.gaps = [AckedRange()]
        return [full]
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("cumulative_tsn", &cumulativeTSN)
        c.field("a_rwnd", &window)
        c.derived("gap_count", &gapCount, UInt16(clamping: gaps.count))
        c.derived("duplicate_count", &duplicateCount, UInt16(clamping: duplicates.count))
        c.list("gaps", &gaps, count: gapCount.count, by: "gap_count")
        c.list("duplicates", &duplicates, count: duplicateCount.count, by: "duplicate_count")
    }
}

/// A range of received TSNs, as differences to the cumulative TSN.
public struct AckedRange: Message {
    public static var name: StaticString { "sctp.gap" }
    public var start: UInt16 = 0
    public var end: UInt16 = 0
    public init() {}
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("start", &start)
        c.field("end", &end)
    }
}

/// The notice that the sender gives up messages (RFC 3758, section 3.2).
public struct ForwardTSNChunk: Message {
    public static var name: StaticString { "sctp.forward_tsn" }
    /// The last TSN that the receiver must no longer wait for.
    public var cumulativeTSN: UInt32 = 0
    /// The ordered streams in which messages are missing.
    public var streams: [SkippedStream] = []

    public init() {}
    public static var variants: [Self] {
        var full = Self()
        full.streams = [SkippedStream()]
        return [full]
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("cumulative_tsn", &cumulativeTSN)
        c.sequence("streams", &streams)
    }
}

/// A stream, and the number of the last message in it that is given up.
public struct SkippedStream: Message {
    public static var name: StaticString { "sctp.skipped_stream" }
    public var stream: UInt16 = 0
    public var sequence: UInt16 = 0
    public init() {}
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("stream", &stream)
        c.field("ssn", &sequence)
    }
}
