public import Wire

/// A ClientHello: the offer of a client (RFC 8446, section 4.1.2).
public struct ClientHello: Message {
    public static var name: StaticString { "tls.client_hello" }
    public static var summary: MessageSummary {
        MessageSummary(
            [
                "client hello",
                .maybe(
                    .found("extensions.list", where: "type", is: "server_name", [" for ", .name("server_name.host")])),
                .maybe(", ", .count("cipher_suites", "suite")), .maybe(Extension.protocolSummary),
            ], elements: 64)
    }
    public var header = HelloHeader(.clientHello)
    public var offer = ClientOffer()

    public init() {}
    public static var variants: [Self] {
        var full = Self()
        full.offer.extensions = ExtensionList()
        return [full]
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, before: offer.count)
        offer.code(&c)
    }
}

/// A ServerHello: the server's choice from that offer (RFC 8446, section 4.1.3). With a special `random` it requests a
/// new offer.
public struct ServerHello: Message {
    public static var name: StaticString { "tls.server_hello" }
    public static var summary: MessageSummary {
        MessageSummary(
            [
                "server hello, ",
                .first([
                    [.found("extensions.list", where: "type", is: "supported_versions", [.value("versions.chosen")])],
                    [.value("version")],
                ]), ", ", .value("cipher_suite"), .maybe(Extension.protocolSummary),
            ], elements: 64)
    }
    public var header = HelloHeader(.serverHello)
    public var suite = CipherSuite.aes128GCM
    /// The compression method; 0 means no compression.
    public var compression: UInt8 = 0
    /// The extensions. Before TLS 1.3 they may be left out with their length.
    public var extensions: ExtensionList?

    public init() {}
    public static var variants: [Self] {
        var full = Self()
        full.extensions = ExtensionList()
        return [full]
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, before: count)
        c.field("cipher_suite", &suite)
        c.field("compression_method", &compression)
        c.optional("extensions", &extensions, present: c.remaining > 0)
    }
    /// The number of bytes after the header.
    private var count: Int { 2 + 1 + (extensions?.byteCount() ?? 0) }

    /// The `random` of a request for a new offer: the SHA-256 of `HelloRetryRequest`.
    static let retryRandom: [UInt8] = [
        0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
        0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
    ]
    /// True if it requests a new offer from the client.
    public var isRetry: Bool { header.random.array == Self.retryRandom }
    /// The version that was chosen.
    public var chosen: ProtocolVersion {
        extensions?.entries.lazy.compactMap { $0.versions?.chosen }.first ?? header.version
    }
}
