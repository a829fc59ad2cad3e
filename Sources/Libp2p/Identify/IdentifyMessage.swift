public import Wire

/// The identify data of a peer (libp2p specs, identify), preceded by a length. The document does not mention the
/// length, but all implementations write it.
public struct IdentifyMessage: Message {
    public static var name: StaticString { "libp2p.identify" }
    public static var summary: MessageSummary {
        [.first([[.message("identify", IdentifyContent.self)], ["empty identify"]])]
    }
    /// The length of `identify` in bytes.
    public var length = Derived<UInt32>()
    public var identify = IdentifyContent()

    /// The maximum length in bytes. go-libp2p accepts 8 KiB.
    public static let limit = 1 << 16

    public init() {}
    /// Creates a message with this content.
    public init(_ identify: IdentifyContent) { self.identify = identify }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.length("length", &length, most: UInt32(Self.limit), UInt32(clamping: identify.byteCount()))
        c.message("identify", &identify, length: length.count, by: "length")
    }
}

/// The content of an identify message. A field that is missing in a push stays unchanged.
public struct IdentifyContent: Message {
    public static var name: StaticString { "libp2p.identify_content" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            .joined(
                [
                    ["agent ", .name("agent_version")], [.count("protocols", "protocol")],
                    [.count("listen_addrs", "address")],
                    [.when("signed_peer_record", ["peer record"])],
                ], by: ", ")
        ]
    }
    /// A serialized `PublicKey`.
    public var publicKey: Bytes?
    /// Multiaddrs in binary form.
    public var listenAddresses: [Bytes] = []
    public var protocols: [Text] = []
    /// The address of the receiver, as the sender observes it.
    public var observedAddress: Bytes?
    public var protocolVersion: Text?
    public var agentVersion: Text?
    /// A serialized `Envelope`, a field that is not in the document.
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
