public import Wire

/// A record (RFC 8446, section 5.1): what all of TLS goes in. Encrypted ones say that they are application data.
///
/// Refused: more than 2^14 + 2048 bytes, which no version allows. TLS 1.3 allows 2^14 + 256.
@frozen public struct Record: Message {
    public static var name: StaticString { "tls.record" }
    public var type = ContentType.applicationData
    /// 1.2, and 1.0 in the first record of a client; whatever is spoken.
    public var version = ProtocolVersion.tls12
    /// Bytes of `fragment`.
    public var length = Derived<UInt16>()
    /// A part of one message, or several messages; encrypted with its authentication tag where it is.
    public var fragment = Bytes()

    /// Bytes before the fragment.
    public static let headerSize = 5
    /// Bytes that a fragment may have in any version.
    public static let fragmentLimit = (1 << 14) + 2048

    @inlinable @inline(__always) public init() {}

    @inlinable @inline(__always)
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("type", &type)
        c.field("version", &version)
        c.derived("length", &length, UInt16(truncatingIfNeeded: fragment.count))
        c.require("length", length.value <= 18_432, UInt64(length.value))
        c.bytes("fragment", &fragment, count: length.count, by: "length")
    }
}
