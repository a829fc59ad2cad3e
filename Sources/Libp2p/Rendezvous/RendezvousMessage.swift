public import Wire

/// A message on a stream of /rendezvous/1.0.0 (libp2p specs, rendezvous), preceded by a length. The document does not
/// mention the length, but all implementations write it.
public struct RendezvousMessage: Message {
    public static var name: StaticString { "libp2p.rendezvous" }
    public static var summary: MessageSummary { [.message("rendezvous", RendezvousContent.self)] }
    /// The length of `rendezvous` in bytes.
    public var length = Derived<UInt32>()
    public var rendezvous = RendezvousContent()

    /// The maximum length in bytes (rust-libp2p; go accepts 4 MiB).
    public static let limit = 1 << 20

    public init() {}
    /// Creates a message with this content.
    public init(_ rendezvous: RendezvousContent) { self.rendezvous = rendezvous }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.length("length", &length, most: UInt32(Self.limit), UInt32(clamping: rendezvous.byteCount()))
        c.message("rendezvous", &rendezvous, length: length.count, by: "length")
    }
}

/// The content of a rendezvous message. The type selects the field that is used.
public struct RendezvousContent: Message {
    public static var name: StaticString { "libp2p.rendezvous_content" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            .first([
                [.message("register", RendezvousRegister.self)],
                [.message("register_response", RendezvousRegisterResponse.self)],
                [.message("unregister", RendezvousUnregister.self)], [.message("discover", RendezvousDiscover.self)],
                [.message("discover_response", RendezvousDiscoverResponse.self)], [.value("type")], ["empty message"],
            ])
        ]
    }
    public var type: RendezvousType?
    public var register: RendezvousRegister?
    public var registerResponse: RendezvousRegisterResponse?
    public var unregister: RendezvousUnregister?
    public var discover: RendezvousDiscover?
    public var discoverResponse: RendezvousDiscoverResponse?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "type", &type)
        c.tag(2, "register", &register)
        c.tag(3, "register_response", &registerResponse)
        c.tag(4, "unregister", &unregister)
        c.tag(5, "discover", &discover)
        c.tag(6, "discover_response", &discoverResponse)
        c.unknown(&unknown)
    }
}

/// The type of a message.
@frozen public struct RendezvousType: CodePoint, TagValue {
    public var rawValue: UInt32
    @inlinable @inline(__always) public init(rawValue: UInt32) { self.rawValue = rawValue }
    public static let register = Self(rawValue: 0)
    public static let registerResponse = Self(rawValue: 1)
    public static let unregister = Self(rawValue: 2)
    public static let discover = Self(rawValue: 3)
    public static let discoverResponse = Self(rawValue: 4)
    public static let names = [
        CodeName(0, "register"), CodeName(1, "register_response"), CodeName(2, "unregister"), CodeName(3, "discover"),
        CodeName(4, "discover_response"),
    ]
}
