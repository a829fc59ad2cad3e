public import Wire

/// Legacy bootstrap: asks for the blocks of an account, from its head back to `end`. Up to V27, blocks and an end mark
/// follow as `bulk_block`.
public struct BulkPull: NanoMessage {
    public static var name: StaticString { "nano.bulk_pull" }
    public static var summary: MessageSummary {
        [
            "pull blocks from ", .value("start"), .maybe(.when("end", [" to ", .value("end")])),
            .maybe(", at most ", .number("limit.count")), .maybe(.when("ascending", [", ascending"])),
        ]
    }
    static var type: MessageType { .bulkPull }
    static var definedBits: UInt16 { 0x0003 }
    static func payloadCount(_ header: RawHeader) -> Int {
        2 * Key32.byteCount + (header.extensions & 1 != 0 ? Limit.count : 0)
    }
    public var header = Header(.bulkPull)
    /// Bit 0x0002: the blocks are sent from `start` forward. Since V24.
    public var ascending = false
    /// An account, or the hash of a block.
    public var start = Key32()
    /// The hash of the block at which the answer ends, which is not sent; zero for no limit.
    public var end = Key32()
    /// Bit 0x0001: the limit for the number of blocks.
    public var limit: Limit?
    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, .bulkPull, (limit != nil ? 1 : 0) | (ascending ? 2 : 0))
        c.implied("ascending", &ascending, header.has(2))
        c.field("start", &start)
        c.field("end", &end)
        c.optional("limit", &limit, present: header.has(1))
    }

    /// A number of blocks, between reserved bytes.
    public struct Limit: Message {
        public static var name: StaticString { "nano.bulk_pull.limit" }
        static let count = Limit().byteCount()
        /// A byte that receivers reject unless it is zero.
        public var reserved: UInt8 = 0
        /// The number of blocks. No node sends 0.
        public var count: UInt32 = 0
        /// Bytes that no node reads.
        public var unused = Fixed<3>()
        public init() {}

        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.constant("reserved", &reserved, 0)
            c.field("count", &count, .little)
            c.field("unused", &unused)
        }
    }
}
