public import Wire

/// Asks for votes on up to 255 blocks, each given by hash and root; before protocol version 0x14 (V26) also on one
/// whole block.
public struct ConfirmReq: NanoMessage {
    public static var name: StaticString { "nano.confirm_req" }
    static var type: MessageType { .confirmReq }
    static var definedBits: UInt16 { 0xfff3 }
    static var extensionNames: [BitName] {
        [BitName(1, "v2"), BitName(0x00f0, "count_low"), BitName(0x0f00, "block_type"), BitName(0xf000, "count")]
    }
    static func payloadCount(_ header: RawHeader) -> Int {
        let subject = ConfirmSubject(header.versionUsing, header.extensions, hashesOnly: hashesOnly)
        return subject.count * 2 * Key32.byteCount + subject.block.count
    }
    /// The protocol version from which on it is about hashes alone: that of V26.
    private static var hashesOnly: UInt8 { 0x14 }
    public var header = Header(.confirmReq)
    /// None, unless there is a block, is a content error.
    public var pairs: [HashRoot] = []
    /// Header bits 0x0f00 tell its type.
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
