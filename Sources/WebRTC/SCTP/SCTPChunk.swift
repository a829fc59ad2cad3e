public import Wire

/// A chunk of a packet (RFC 9260, section 3.2): a type, flags, a length, and a value that is padded to 4 bytes. Chunks
/// without a description of their own have `value`.
public struct SCTPChunk: Message {
    public static var name: StaticString { "sctp.chunk" }
    public var type = ChunkType.data
    /// The flags, whose meaning depends on the type. In data: 1 ends a message, 2 begins it, 4 is unordered.
    public var flags: UInt8 = 0
    /// The number of bytes with this header and without the padding.
    public var length = Derived<UInt16>()
    public var data: DataChunk?
    public var iData: InterleavedDataChunk?
    /// The content of INIT and INIT ACK.
    public var initiation: InitiationChunk?
    public var sack: SelectiveAckChunk?
    public var forwardTSN: ForwardTSNChunk?
    /// The last TSN that the sender of SHUTDOWN received in order.
    public var cumulativeTSN: UInt32?
    /// The parameters of HEARTBEAT, HEARTBEAT ACK and RE-CONFIG.
    public var parameters: SCTPParameterList?
    /// The causes of ABORT and ERROR.
    public var causes: SCTPCauseList?
    /// The cookie of COOKIE ECHO, or the content of another chunk.
    public var value = Bytes()
    public var padding = Bytes()

    /// The number of bytes before the value.
    static let headerSize = 4

    public init() {}
    /// Creates a chunk of a type without content.
    public init(_ type: ChunkType) { self.type = type }
    public static var variants: [Self] {
        var (data, iData, sack, forward, shutdown) =
            (Self(.data), Self(.iData), Self(.sack), Self(.forwardTSN), Self(.shutdown))
        var (initiation, heartbeat, abort) = (Self(.initiation), Self(.heartbeat), Self(.abort))
        (data.data, iData.iData, sack.sack) = (DataChunk(), InterleavedDataChunk(), SelectiveAckChunk())
        (forward.forwardTSN, shutdown.cumulativeTSN) = (ForwardTSNChunk(), 0)
        (initiation.initiation, heartbeat.parameters) = (InitiationChunk(), SCTPParameterList())
        abort.causes = SCTPCauseList()
        return [data, iData, initiation, sack, forward, shutdown, heartbeat, abort, Self(.cookieEcho)]
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("type", &type)
        c.field("flags", &flags)
        let content = C.reads ? 0 : contentCount
        c.derived("length", &length, UInt16(clamping: SCTPChunk.headerSize + content))
        c.require("length", length.count >= SCTPChunk.headerSize, UInt64(length.value))
        let count = max(0, length.count - SCTPChunk.headerSize)
        let isInitiation = type == .initiation || type == .initiationAck
        let isShutdown = type == .shutdown && (!C.reads || count == 4)
        let hasParameters = type == .heartbeat || type == .heartbeatAck || type == .reConfig
        let hasCauses = type == .abort || type == .error
        c.optional("data", &data, present: type == .data, like: DataChunk(), length: count, by: "length")
        c.optional(
            "i_data", &iData, present: type == .iData, like: InterleavedDataChunk(), length: count, by: "length")
        c.optional("init", &initiation, present: isInitiation, like: InitiationChunk(), length: count, by: "length")
        c.optional("sack", &sack, present: type == .sack, like: SelectiveAckChunk(), length: count, by: "length")
        c.optional(
            "forward_tsn", &forwardTSN, present: type == .forwardTSN, like: ForwardTSNChunk(), length: count,
            by: "length")
        c.optional("cumulative_tsn", &cumulativeTSN, present: isShutdown)
        c.optional(
            "parameters", &parameters, present: hasParameters, like: SCTPParameterList(), length: count,
            by: "length")
        c.optional("causes", &causes, present: hasCauses, like: SCTPCauseList(), length: count, by: "length")
        let hasOwnField =
            type == .data || type == .iData || isInitiation || type == .sack || type == .forwardTSN || isShutdown
            || hasParameters || hasCauses
        if !hasOwnField || !C.reads && value.count > 0 { c.bytes("value", &value, count: count, by: "length") }
        c.padding(&padding, after: C.reads ? count : content)
    }
    /// The number of bytes of the value.
    private var contentCount: Int {
        let transfer = (data?.byteCount() ?? 0) + (iData?.byteCount() ?? 0) + (sack?.byteCount() ?? 0)
        let control = (initiation?.byteCount() ?? 0) + (forwardTSN?.byteCount() ?? 0)
        let lists = (parameters?.byteCount() ?? 0) + (causes?.byteCount() ?? 0)
        return transfer + control + lists + (cumulativeTSN == nil ? 0 : 4) + value.count
    }
}
