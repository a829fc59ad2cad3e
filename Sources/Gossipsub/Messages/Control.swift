import Libp2p
public import Wire

/// The control messages of routers. Ids of messages are bytes, although go-libp2p-pubsub declares them as text.
public struct Control: Message {
    public static var name: StaticString { "gossipsub.control" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            .joined(
                [
                    [.each("graft", Graft.summary.parts)], [.each("prune", Prune.summary.parts)],
                    [.each("ihave", IHave.summary.parts)], [.each("iwant", IWant.summary.parts)],
                    [.each("idontwant", IDontWant.summary.parts)], [.message("extensions", ControlExtensions.self)],
                ], by: "; ")
        ]
    }
    public var ihave: [IHave] = []
    public var iwant: [IWant] = []
    public var graft: [Graft] = []
    public var prune: [Prune] = []
    /// The message ids of IDONTWANT, from meshsub 1.2 on.
    public var idontwant: [IDontWant] = []
    /// The extensions of the sender, from meshsub 1.3 on.
    public var extensions: ControlExtensions?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "ihave", &ihave)
        c.tag(2, "iwant", &iwant)
        c.tag(3, "graft", &graft)
        c.tag(4, "prune", &prune)
        c.tag(5, "idontwant", &idontwant)
        c.tag(6, "extensions", &extensions)
        c.unknown(&unknown)
    }
}

/// An offer of messages that the sender has.
public struct IHave: Message {
    public static var name: StaticString { "gossipsub.ihave" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        ["ihave", .maybe(" ", .name("topic")), .first([[" ", .count("message_ids", "id")], [" nothing"]])]
    }
    public var topic: Text?
    public var messageIDs: [Bytes] = []
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "topic", &topic)
        c.tag(2, "message_ids", &messageIDs)
        c.unknown(&unknown)
    }
}

/// A request for the messages with these ids.
public struct IWant: Message {
    public static var name: StaticString { "gossipsub.iwant" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        ["iwant", .first([[" ", .count("message_ids", "id")], [" nothing"]])]
    }
    public var messageIDs: [Bytes] = []
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "message_ids", &messageIDs)
        c.unknown(&unknown)
    }
}

/// The ids of messages that the receiver should not send, from meshsub 1.2 on.
public struct IDontWant: Message {
    public static var name: StaticString { "gossipsub.idontwant" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        ["idontwant", .first([[" ", .count("message_ids", "id")], [" nothing"]])]
    }
    public var messageIDs: [Bytes] = []
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "message_ids", &messageIDs)
        c.unknown(&unknown)
    }
}

/// A message by which the sender takes the receiver into its mesh.
public struct Graft: Message {
    public static var name: StaticString { "gossipsub.graft" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary { ["graft", .maybe(" ", .name("topic"))] }
    public var topic: Text?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "topic", &topic)
        c.unknown(&unknown)
    }
}

/// A message by which the sender removes the receiver from its mesh, or refuses to take it in.
public struct Prune: Message {
    public static var name: StaticString { "gossipsub.prune" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            "prune", .maybe(" ", .name("topic")), .maybe(" for ", .number("backoff"), " s"),
            .maybe(", ", .count("peers", "peer")),
        ]
    }
    public var topic: Text?
    /// Other peers of the mesh, from meshsub 1.1 on.
    public var peers: [PeerInfo] = []
    /// The number of seconds for which the receiver must not send GRAFT again, from meshsub 1.1 on.
    public var backoff: UInt64?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "topic", &topic)
        c.tag(2, "peers", &peers)
        c.tag(3, "backoff", &backoff)
        c.unknown(&unknown)
    }
}

/// A peer to which the receiver can connect instead.
public struct PeerInfo: Message {
    public static var name: StaticString { "gossipsub.peer_info" }
    public static var form: Form { .protobuf }
    public static var meanings: [String: FieldMeaning] { ["peer_id": .peerID] }
    public var peerID: Bytes?
    /// A serialized `Envelope` that holds a `PeerRecord`.
    public var signedPeerRecord: Bytes?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "peer_id", &peerID)
        c.tag(2, "signed_peer_record", &signedPeerRecord)
        c.unknown(&unknown)
    }
}

/// The protocol extensions of the sender, which only its first RPC may contain.
public struct ControlExtensions: Message {
    public static var name: StaticString { "gossipsub.extensions" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            "extensions ",
            .first([
                [
                    .joined(
                        [
                            [.when("topic_observation", ["topic_observation"])],
                            [.when("partial_messages", ["partial_messages"])], [.when("test_extension", ["test"])],
                        ], by: ", ")
                ], ["none"],
            ]),
        ]
    }
    /// An extension of py-libp2p.
    public var topicObservation: Bool?
    /// An extension of go-libp2p-pubsub.
    public var partialMessages: Bool?
    public var testExtension: Bool?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "topic_observation", &topicObservation)
        c.tag(10, "partial_messages", &partialMessages)
        c.tag(Extensions.test, "test_extension", &testExtension)
        c.unknown(&unknown)
    }
}
