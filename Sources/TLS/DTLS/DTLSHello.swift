public import Wire

/// A ClientHello of DTLS (RFC 6347, section 4.2.1), put together from its fragments and in the form of TLS, without the
/// fields of fragments. It has a cookie that a server may ask for.
public struct DTLSClientHello: Message {
    public static var name: StaticString { "dtls.client_hello" }
    public static var summary: MessageSummary {
        MessageSummary(
            [
                "client hello", .maybe(", ", .count("cipher_suites", "suite")),
                .maybe(.when("cookie_length", [", with a cookie"])), .maybe(Extension.protocolSummary),
            ], elements: 64)
    }
    public var header: HelloHeader = {
        var header = HelloHeader(.clientHello)
        header.version = .dtls12
        return header
    }()
    public var cookieLength = Derived<UInt8>()
    /// The bytes that proved to the server that the client receives datagrams at its address; empty at first.
    public var cookie = Bytes()
    public var offer = ClientOffer()

    public init() {}
    public static var variants: [Self] {
        var full = Self()
        full.offer.extensions = ExtensionList()
        return [full]
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, before: 1 + cookie.count + offer.count)
        c.derived("cookie_length", &cookieLength, UInt8(truncatingIfNeeded: cookie.count))
        c.bytes("cookie", &cookie, count: cookieLength.count, by: "cookie_length")
        offer.code(&c)
    }
}

/// The request of a server to repeat the ClientHello with this cookie (RFC 6347, section 4.2.1), in the form of TLS.
public struct HelloVerifyRequest: Message {
    public static var name: StaticString { "dtls.hello_verify_request" }
    public static var summary: MessageSummary { ["hello verify request, cookie of ", .size("cookie")] }
    public var type = HandshakeType.helloVerifyRequest
    /// The number of bytes after this field.
    public var length = Derived<UInt32>()
    public var version = ProtocolVersion.dtls12
    public var cookieLength = Derived<UInt8>()
    public var cookie = Bytes()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.bits("type", &type, 0..<8, of: 32)
        c.bits("length", &length, 8..<32, of: 32, computed: UInt32(truncatingIfNeeded: 3 + cookie.count))
        c.field("version", &version)
        c.derived("cookie_length", &cookieLength, UInt8(truncatingIfNeeded: cookie.count))
        c.bytes("cookie", &cookie, count: cookieLength.count, by: "cookie_length")
    }
}
