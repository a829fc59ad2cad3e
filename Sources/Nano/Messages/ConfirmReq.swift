public import Wire

/// Asks for votes on up to 255 blocks, each given by hash and root; before protocol version 0x14 (V26) also on one
/// whole block.
public struct ConfirmReq: NanoMessage {
    public static var name: StaticString { "nano.confirm_req" }
    public static var summary: MessageSummary {
        [
            "ask for votes on ",
            .first([[.each("pairs", ["block ", .value("hash")])], [.count("pairs", "block")]] + Block.summaries),
        ]
    }
    static var type: MessageType { .confirmReq }
    static var definedBits: UInt16 { 0xfff3 }
    static var extensionNames: [BitName] {
        [BitName(1, "v2"), BitName(0x00f0, "count_low"), BitName(0x0f00, "block_type"), BitName(0xf000, "count")]
    }
    static func payloadCount(_ header: RawHeader) -> Int {
        let subject = ConfirmSubject(header.versionUsing, header.extensions, hashesOnly: hashesOnly)
        return subject.count * 2 * Key32.byteCount + subject.block.count
    }
    /// The protocol version from which on the message holds only hashes: the version of V26.
    private static var hashesOnly: UInt8 { 0x14 }
    public var header = Header(.confirmReq)
    /// The pairs. An empty list is a content error unless there is a block.
    public var pairs: [HashRoot] = []
    /// The block, whose type is in header bits 0x0f00.
    public var block = Block.none
    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, .confirmReq, ConfirmSubject(block, count: pairs.count).extensions)
        let subject = ConfirmSubject(header.versionUsing, header.extensions.value, hashesOnly: Self.hashesOnly)
        c.require(
            "extensions", subject.count > 0 || subject.block.isBlock, UInt64(header.extensions.value))
        c.list("pairs", &pairs, count: subject.count, by: "extensions")
        block.code(&c, subject.block)
    }
}
