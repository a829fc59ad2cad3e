public import Wire

/// The section SIGNATURE: made by the account of `src` over src, boot, msg_id and the body before it. No receiver has
/// to check it.
public struct SignatureSection: Message {
    public static var name: StaticString { "rightmesh.signature" }
    public var section = SectionKind.signature
    /// 0 when sent, ignored when received.
    public var flags: UInt8 = 0
    /// The number of bytes of the record.
    public var recLen = Derived<UInt16>()
    /// Always 1.
    public var count = Derived<UInt32>()
    public var record = Signature()
    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let length = UInt16(clamping: record.length)
        c.constant("section", &section, .signature)
        c.field("flags", &flags)
        c.derived("rec_len", &recLen, length)
        c.require("rec_len", recLen.count >= Signature.least, UInt64(recLen.value))
        c.derived("count", &count, 1)
        c.require("count", count.value == 1, UInt64(count.value))
        c.message("record", &record, length: recLen.count, by: "rec_len")
    }

    /// An ECDSA signature with secp256k1 over Keccak-256, in the form of Ethereum.
    public struct Signature: Extensible {
        public static var name: StaticString { "rightmesh.signature.record" }
        public var r = Fixed<32>()
        public var s = Fixed<32>()
        public var v: UInt8 = 0
        public var `extension`: RecordExtension?
        public static let least = Signature().byteCount()
        public init() {}

        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("r", &r)
            c.field("s", &s)
            c.field("v", &v)
            c.optional("extension", &self.extension, present: c.remaining > 0)
        }
    }
}
