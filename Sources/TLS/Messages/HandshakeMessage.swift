public import Wire

/// A handshake message that has no description of its own (RFC 8446, section 4): its type and its bytes.
public struct HandshakeMessage: Message {
    public static var name: StaticString { "tls.handshake" }
    public static var summary: MessageSummary { [.value("type"), ", ", .size("body")] }
    public var type = HandshakeType.finished
    /// The number of bytes of `body`.
    public var length = Derived<UInt32>()
    public var body = Bytes()

    /// The number of bytes before the body.
    static let headerSize = 4
    /// The maximum number of bytes of a body here, 128 KiB. OpenSSL accepts at most 100 KiB of certificates.
    static let bodyLimit = 128 << 10

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.bits("type", &type, 0..<8, of: 32)
        c.bits("length", &length, 8..<32, of: 32, computed: UInt32(truncatingIfNeeded: body.count))
        c.bytes("body", &body, count: length.count, by: "length")
    }
}

/// The server's extensions that need not be in the clear (RFC 8446, section 4.3.1), such as the application protocol.
public struct EncryptedExtensions: Message {
    public static var name: StaticString { "tls.encrypted_extensions" }
    public static var summary: MessageSummary {
        MessageSummary(
            [
                "encrypted extensions", .maybe(", ", .count("extensions.list", "extension")),
                .maybe(Extension.protocolSummary),
            ], elements: 64)
    }
    public var type = HandshakeType.encryptedExtensions
    /// The number of bytes after this field.
    public var length = Derived<UInt32>()
    public var extensions = ExtensionList()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.bits("type", &type, 0..<8, of: 32)
        c.bits("length", &length, 8..<32, of: 32, computed: UInt32(truncatingIfNeeded: extensions.byteCount()))
        c.message("extensions", &extensions, length: length.count, by: "length")
    }
}
