public import Wire

/// The fields of a ClientHello after its session: what the client offers (RFC 8446, section 4.1.2). DTLS has a cookie
/// before them.
public struct ClientOffer: Equatable, Sendable {
    /// The number of bytes of the suites, two for each.
    public var suitesLength = Derived<UInt16>()
    public var suites: [CipherSuite] = []
    public var compressionLength = Derived<UInt8>()
    /// The compression methods. One zero byte means no compression.
    public var compression = Bytes()
    /// The extensions. Before TLS 1.3 they may be left out with their length.
    public var extensions: ExtensionList?

    init() {}

    /// The number of bytes.
    var count: Int { 2 + 2 * suites.count + 1 + compression.count + (extensions?.byteCount() ?? 0) }
    /// Codes the fields as part of a hello.
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.derived("cipher_suites_length", &suitesLength, UInt16(truncatingIfNeeded: suites.count * 2))
        c.require("cipher_suites_length", suitesLength.value % 2 == 0, UInt64(suitesLength.value))
        c.list("cipher_suites", &suites, count: suitesLength.count / 2, by: "cipher_suites_length")
        c.derived("compression_methods_length", &compressionLength, UInt8(truncatingIfNeeded: compression.count))
        c.bytes(
            "compression_methods", &compression, count: compressionLength.count, by: "compression_methods_length")
        c.optional("extensions", &extensions, present: c.remaining > 0)
    }
}
