public import Wire

/// A vote of a representative for up to 255 blocks; before protocol version 0x13 (V24) also for one whole block.
public struct ConfirmAck: NanoMessage {
    /// The name in scenarios, filters and reports.
    public static var name: StaticString { "nano.confirm_ack" }
    public static var summary: MessageSummary {
        [
            "vote for ",
            .first([[.each("hashes", ["block ", .value("")])], [.count("hashes", "block")]] + Block.summaries),
            " by ", .value("account"), .maybe(.equal("packed_timestamp", .uint(VoteFinality.timestamp), [", final"])),
            .maybe(.when("rebroadcasted", [", relayed"])),
        ]
    }
    static var type: MessageType { .confirmAck }
    static var definedBits: UInt16 { 0xfff7 }
    static var extensionNames: [BitName] {
        [
            BitName(1, "v2"), BitName(4, "rebroadcasted"), BitName(0x00f0, "count_low"), BitName(0x0f00, "block_type"),
            BitName(0xf000, "count"),
        ]
    }
    static var bodyMeanings: [String: FieldMeaning] { Vote.meanings }
    static func payloadCount(_ header: RawHeader) -> Int {
        let subject = ConfirmSubject(header.versionUsing, header.extensions, hashesOnly: hashesOnly)
        return withoutHashes - Header.count + subject.count * Key32.byteCount
            + (subject.block == .notABlock ? 0 : subject.block.count)
    }
    /// The protocol version from which on the message holds only hashes: the version of V24.
    @usableFromInline static var hashesOnly: UInt8 { 0x13 }
    /// The number of bytes of the header and of a vote without hashes.
    private static let withoutHashes = Self().byteCount()
    /// The bytes of the header. All other fields may have any value.
    public static var decisiveBytes: Int { Header.count }
    /// The 8 bytes before the body.
    public var header = Header(.confirmAck)
    /// Bit 0x0004: the vote is relayed by a node other than its author.
    public var rebroadcasted = false
    /// The vote. Its fields are shown as fields of the message. A vote without hashes is legal.
    public var vote = Vote()
    /// The block, whose type is in header bits 0x0f00.
    public var block = Block.none
    @inlinable public init() {}

    @inlinable @inline(__always)
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let (stored, ignoresType) = (header.extensions.stored, header.versionUsing >= Self.hashesOnly)
        header.code(
            &c, .confirmAck,
            ConfirmSubject(block, count: vote.hashes.count).extensions(keeping: stored, if: ignoresType)
                | (rebroadcasted ? 4 : 0))
        let subject = ConfirmSubject(header.versionUsing, header.extensions.value, hashesOnly: Self.hashesOnly)
        c.require(
            "extensions", subject.block == .notABlock || subject.block.isBlock, UInt64(header.extensions.value))
        c.implied("rebroadcasted", &rebroadcasted, header.has(4))
        vote.code(&c, count: subject.count, by: "extensions")
        block.code(&c, subject.block)
    }
}
