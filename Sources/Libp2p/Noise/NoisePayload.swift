public import Wire

/// The encrypted payload in the second and the third message of the handshake, which proves the identity of the sender.
public struct NoisePayload: Message {
    public static var name: StaticString { "libp2p.noise_payload" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            "Noise: identity with ", .size("identity_key"), " of key",
            .maybe(", muxer ", .each("extensions.stream_muxers", [.name("")])),
        ]
    }
    /// A serialized `PublicKey`.
    public var identityKey: Bytes?
    /// The signature of the identity over `signaturePrefix` and the static key.
    public var identitySignature: Bytes?
    public var extensions: NoiseExtensions?
    public var unknown = Unknown()

    /// The bytes that precede the static key when it is signed.
    static let signaturePrefix = Array("noise-libp2p-static-key:".utf8)

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "identity_key", &identityKey)
        c.tag(2, "identity_sig", &identitySignature)
        c.tag(4, "extensions", &extensions)
        c.unknown(&unknown)
    }
}

/// Further data of the sender in its payload.
public struct NoiseExtensions: Message {
    public static var name: StaticString { "libp2p.noise_extensions" }
    public static var form: Form { .protobuf }
    public var webtransportCerthashes: [Bytes] = []
    /// Ids of muxers, the most preferred first (libp2p specs, inlined muxer negotiation).
    public var streamMuxers: [Text] = []
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "webtransport_certhashes", &webtransportCerthashes)
        c.tag(2, "stream_muxers", &streamMuxers)
        c.unknown(&unknown)
    }
}
