public import Wire

/// What stands encrypted in the second and the third message of the handshake: who the sender is.
public struct NoisePayload: Message {
    public static var name: StaticString { "libp2p.noise_payload" }
    public static var form: Form { .protobuf }
    /// A `PublicKey`, serialized.
    public var identityKey: Bytes?
    /// Of the identity over `signaturePrefix` and the static key.
    public var identitySignature: Bytes?
    public var extensions: NoiseExtensions?
    public var unknown = Unknown()

    /// What stands before the static key where it is signed.
    static let signaturePrefix = Array("noise-libp2p-static-key:".utf8)

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "identity_key", &identityKey)
        c.tag(2, "identity_sig", &identitySignature)
        c.tag(4, "extensions", &extensions)
        c.unknown(&unknown)
    }
}

/// What else the sender says in its payload.
public struct NoiseExtensions: Message {
    public static var name: StaticString { "libp2p.noise_extensions" }
    public static var form: Form { .protobuf }
    public var webtransportCerthashes: [Bytes] = []
    /// Ids, the first one most wanted (libp2p specs, inlined muxer negotiation).
    public var streamMuxers: [Text] = []
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "webtransport_certhashes", &webtransportCerthashes)
        c.tag(2, "stream_muxers", &streamMuxers)
        c.unknown(&unknown)
    }
}
