public import Wire

/// The first fields of both hellos (RFC 8446, sections 4.1.2 and 4.1.3).
public struct HelloHeader: Equatable, Sendable {
    public var type: HandshakeType
    /// The number of bytes after this field.
    public var length = Derived<UInt32>()
    /// The version. From TLS 1.2 on it is always 1.2, and the extension `supported_versions` has the version.
    public var version = ProtocolVersion.tls12
    /// The random bytes. Key logs identify a connection by those in the ClientHello.
    public var random = Key32()
    public var sessionIDLength = Derived<UInt8>()
    public var sessionID = Bytes()

    /// Creates the header of an empty session.
    init(_ type: HandshakeType) { self.type = type }

    /// Codes the fields as part of a hello with `count` bytes after them.
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C, before count: Int) {
        c.bits("type", &type, 0..<8, of: 32)
        c.bits(
            "length", &length, 8..<32, of: 32,
            computed: UInt32(truncatingIfNeeded: 2 + 32 + 1 + sessionID.count + count))
        let left = c.remaining
        c.require("length", length.count == left, UInt64(length.value))
        c.field("version", &version)
        c.field("random", &random)
        c.derived("session_id_length", &sessionIDLength, UInt8(truncatingIfNeeded: sessionID.count))
        c.bytes("session_id", &sessionID, count: sessionIDLength.count, by: "session_id_length")
    }
}
