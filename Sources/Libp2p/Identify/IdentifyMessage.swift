public import Wire

/// What a peer says of itself (libp2p specs, identify). Behind its length, which the document does not mention and all
/// implementations write.
public struct IdentifyMessage: Message {
    public static var name: StaticString { "libp2p.identify" }
    /// Bytes behind it.
    public var length = Derived<UInt32>()
    public var identify = IdentifyContent()

    /// Bytes that may stand behind the length; go-libp2p takes 8 KiB.
    public static let limit = 1 << 16

    public init() {}
    /// A message with this content.
    public init(_ identify: IdentifyContent) { self.identify = identify }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.length("length", &length, most: UInt32(Self.limit), UInt32(clamping: identify.byteCount()))
        c.message("identify", &identify, length: length.count, by: "length")
    }
}

/// Its content. Of a push, what is missing stays as it was known.
public struct IdentifyContent: Message {
    public static var name: StaticString { "libp2p.identify_content" }
    public static var form: Form { .protobuf }
    /// A `PublicKey`, serialized.
    public var publicKey: Bytes?
    /// Multiaddrs in binary form.
    public var listenAddresses: [Bytes] = []
    public var protocols: [Text] = []
    /// The address from which the other side comes.
    public var observedAddress: Bytes?
    public var protocolVersion: Text?
    public var agentVersion: Text?
    /// An `Envelope`, serialized. Not in the document.
    public var signedPeerRecord: Bytes?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "public_key", &publicKey)
        c.tag(2, "listen_addrs", &listenAddresses)
        c.tag(3, "protocols", &protocols)
        c.tag(4, "observed_addr", &observedAddress)
        c.tag(5, "protocol_version", &protocolVersion)
        c.tag(6, "agent_version", &agentVersion)
        c.tag(8, "signed_peer_record", &signedPeerRecord)
        c.unknown(&unknown)
    }
}
