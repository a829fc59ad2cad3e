public import Wire

/// A vote of a representative for up to 255 blocks; before protocol version 0x13 (V24) also for one whole block.
public struct ConfirmAck: NanoMessage {
    /// As scenarios, filters and reports call it.
    public static var name: StaticString { "nano.confirm_ack" }
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
    /// The protocol version from which on it is about hashes alone: that of V24.
    @usableFromInline static var hashesOnly: UInt8 { 0x13 }
    /// Bytes of the header and of a vote for nothing.
    private static let withoutHashes = Self().byteCount()
    /// Its header: all other fields may have any value.
    public static var decisiveBytes: Int { Header.count }
    /// The 8 bytes before.
    public var header = Header(.confirmAck)
    /// Bit 0x0004: the vote is passed on by someone else than its maker.
    public var rebroadcasted = false
    /// The vote; its fields are those of the message. No hash is legal.
    public var vote = Vote()
    /// Header bits 0x0f00 tell its type.
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
