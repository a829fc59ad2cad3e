public import Wire

/// A record (RFC 8446, section 5.1), the frame of all TLS data. The type of an encrypted record is application data.
///
/// A record of more than 2^14 + 2048 bytes is refused, because no version allows it. TLS 1.3 allows 2^14 + 256.
@frozen public struct Record: Message {
    public static var name: StaticString { "tls.record" }
    public static var summary: MessageSummary { [.value("type"), ", ", .size("fragment")] }
    public var type = ContentType.applicationData
    /// The version: 1.2, or 1.0 in the first record of a client, whichever version is in use.
    public var version = ProtocolVersion.tls12
    /// The number of bytes of `fragment`.
    public var length = Derived<UInt16>()
    /// A part of one message, or several messages. An encrypted fragment includes its authentication tag.
    public var fragment = Bytes()

    /// The number of bytes before the fragment.
    public static let headerSize = 5
    /// The maximum number of bytes of a fragment in any version.
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
