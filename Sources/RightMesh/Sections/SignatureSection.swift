import Wire

/// SIGNATURE: by the account of `src`, over src, boot, msg_id and the body before it. Nobody has to check it.
struct SignatureSection: Message {
    static var name: StaticString { "rightmesh.signature" }
    var section = SectionKind.signature
    /// 0, ignored.
    var flags: UInt8 = 0
    /// Bytes of the record.
    var recLen = Derived<UInt16>()
    /// 1.
    var count = Derived<UInt32>()
    var record = Signature()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let length = UInt16(clamping: record.length)
        c.constant("section", &section, .signature)
        c.field("flags", &flags)
        c.derived("rec_len", &recLen, length)
        c.require("rec_len", recLen.count >= Signature.least, UInt64(recLen.value))
        c.derived("count", &count, 1)
        c.require("count", count.value == 1, UInt64(count.value))
        c.message("record", &record, length: recLen.count, by: "rec_len")
    }

    /// ECDSA with secp256k1 over Keccak-256, as Ethereum writes it.
    struct Signature: Extensible {
        static var name: StaticString { "rightmesh.signature.record" }
        var r = Fixed<32>()
        var s = Fixed<32>()
        var v: UInt8 = 0
        var `extension`: RecordExtension?
        static let least = Signature().byteCount()
        init() {}

        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("r", &r)
            c.field("s", &s)
            c.field("v", &v)
            c.optional("extension", &self.extension, present: c.remaining > 0)
        }
    }
}
