import Libp2p
public import Wire

/// The message of gossipsub: an RPC preceded by its length. An RPC of length 0 has no effect.
public struct RPC: Message {
    public static var name: StaticString { "gossipsub.rpc" }
    public static var summary: MessageSummary { [.first([[.message("rpc", RPCContent.self)], ["empty RPC"]])] }
    public static var parts: [String] {
        [
            "subscriptions", "publish", "control.graft", "control.prune", "control.ihave", "control.iwant",
            "control.idontwant", "control.extensions", "partial",
        ].map { "rpc." + $0 }
    }
    /// The length of `rpc` in bytes.
    public var length = Derived<UInt32>()
    public var rpc = RPCContent()

    /// The maximum length in bytes, 1 MiB (libp2p specs, pubsub; go-libp2p-pubsub).
    public static let limit = 1 << 20

    public init() {}
    /// Creates an RPC with this content.
    public init(_ rpc: RPCContent) { self.rpc = rpc }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.length("length", &length, most: UInt32(Self.limit), UInt32(clamping: rpc.byteCount()))
        c.message("rpc", &rpc, length: length.count, by: "length")
    }
}

/// The content of an RPC. Unknown fields are kept, and encoded again at the same place.
public struct RPCContent: Message {
    public static var name: StaticString { "gossipsub.rpc_content" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            .joined(
                [
                    [.each("subscriptions", Subscription.summary.parts)],
                    [.each("publish", PublishedMessage.summary.parts)],
                    [.message("control", Control.self)], [.message("partial", PartialMessages.self)],
                    [.when("sender_record", ["record of the sender"])], [.when("test_extension", ["test extension"])],
                ], by: "; ")
        ]
    }
    public var subscriptions: [Subscription] = []
    public var publish: [PublishedMessage] = []
    public var control: Control?
    /// An `Envelope` with a record of the sender, a field of py-libp2p.
    public var senderRecord: Bytes?
    /// A field of go-libp2p-pubsub.
    public var partial: PartialMessages?
    /// A field without content, which only shows that the extension is in use.
    public var testExtension: TestExtension?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "subscriptions", &subscriptions)
        c.tag(2, "publish", &publish)
        c.tag(3, "control", &control)
        c.tag(4, "sender_record", &senderRecord)
        c.tag(10, "partial", &partial)
        c.tag(Extensions.test, "test_extension", &testExtension)
        c.unknown(&unknown)
    }
}

/// The numbers of experimental fields.
enum Extensions {
    static let test: UInt32 = 6_492_434
}

/// A statement that the sender subscribes to a topic, or unsubscribes from it.
public struct Subscription: Message {
    public static var name: StaticString { "gossipsub.subscription" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            .first([[.when("subscribe", ["subscribe "])], ["unsubscribe "]]), .first([[.name("topic")], ["no topic"]]),
        ]
    }
    public var subscribe: Bool?
    /// The topic. It is kept and compared as bytes, although the document says text.
    public var topic: Text?
    /// A field of go-libp2p-pubsub.
    public var requestsPartial: Bool?
    /// A field of go-libp2p-pubsub.
    public var supportsSendingPartial: Bool?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "subscribe", &subscribe)
        c.tag(2, "topic", &topic)
        c.tag(3, "requests_partial", &requestsPartial)
        c.tag(4, "supports_sending_partial", &supportsSendingPartial)
        c.unknown(&unknown)
    }
}

/// A part of a message (go-libp2p-pubsub).
public struct PartialMessages: Message {
    public static var name: StaticString { "gossipsub.partial_messages" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        ["part of a message", .maybe(" on ", .name("topic")), .maybe(" ", .size("partial_message"))]
    }
    public var topic: Text?
    public var group: Bytes?
    public var partialMessage: Bytes?
    public var partsMetadata: Bytes?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "topic", &topic)
        c.tag(2, "group", &group)
        c.tag(3, "partial_message", &partialMessage)
        c.tag(4, "parts_metadata", &partsMetadata)
        c.unknown(&unknown)
    }
}

/// A message without fields.
public struct TestExtension: Message {
    public static var name: StaticString { "gossipsub.test_extension" }
    public static var form: Form { .protobuf }
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.unknown(&unknown) }
}
