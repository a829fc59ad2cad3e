public import Wire

/// A record of DTLS 1.0 or 1.2 (RFC 6347, section 4.1). It has its number with it, because datagrams may be lost,
/// repeated, or arrive in another order. A datagram can hold several records.
public struct DTLSRecord: Message {
    public static var name: StaticString { "dtls.record" }
    public static var summary: MessageSummary {
        [.value("type"), .maybe(.when("epoch", [", epoch ", .number("epoch")])), ", ", .size("fragment")]
    }
    public var type = ContentType.applicationData
    /// The version: 1.2, or 1.0 in the first record of a client.
    public var version = ProtocolVersion.dtls12
    /// The number of changes of keys before this record; 0 means that it is not encrypted.
    public var epoch: UInt16 = 0
    /// The number of the record in its epoch, 48 bits.
    public var sequence: UInt64 = 0
    /// The number of bytes of `fragment`.
    public var length = Derived<UInt16>()
    /// Handshake fragments, an alert, or data. An encrypted fragment includes its authentication tag.
    public var fragment = Bytes()

    /// The number of bytes before the fragment.
    public static let headerSize = 13

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("type", &type)
        c.field("version", &version)
        c.bits("epoch", &epoch, 0..<16, of: 64)
        c.bits("sequence", &sequence, 16..<64, of: 64)
        c.derived("length", &length, UInt16(truncatingIfNeeded: fragment.count))
        c.require("length", length.count <= Record.fragmentLimit, UInt64(length.value))
        c.bytes("fragment", &fragment, count: length.count, by: "length")
    }

    /// Returns the number of bytes of the record at the front; nil if no whole record of DTLS 1.0 or 1.2 begins there.
    public static func size(of bytes: RawSpan) -> Int? {
        guard bytes.byteCount >= headerSize, ContentType(rawValue: bytes.unsafeLoad(as: UInt8.self)).isKnown else {
            return nil
        }
        let version = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 1, as: UInt16.self).bigEndian
        let count = Int(bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 11, as: UInt16.self).bigEndian)
        guard version == 0xfefd || version == 0xfeff, count <= Record.fragmentLimit,
            count <= bytes.byteCount - headerSize
        else { return nil }
        return headerSize + count
    }
    /// The epoch and sequence number of a record as one number of 64 bits, as keys count records.
    static func number(of record: RawSpan) -> UInt64 {
        record.unsafeLoadUnaligned(fromUncheckedByteOffset: 3, as: UInt64.self).bigEndian
    }
}
