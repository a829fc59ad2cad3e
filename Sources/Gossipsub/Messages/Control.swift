import Libp2p
public import Wire

/// What routers say to each other. Ids of messages are bytes, although go-libp2p-pubsub declares them as text.
public struct Control: Message {
    public static var name: StaticString { "gossipsub.control" }
    public static var form: Form { .protobuf }
    public var ihave: [IHave] = []
    public var iwant: [MessageIDs] = []
    public var graft: [Graft] = []
    public var prune: [Prune] = []
    /// From meshsub 1.2 on.
    public var idontwant: [MessageIDs] = []
    /// From meshsub 1.3 on.
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

/// Messages that the sender has.
public struct IHave: Message {
    public static var name: StaticString { "gossipsub.ihave" }
    public static var form: Form { .protobuf }
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

/// Messages that the sender wants, or does not want.
public struct MessageIDs: Message {
    public static var name: StaticString { "gossipsub.message_ids" }
    public static var form: Form { .protobuf }
    public var messageIDs: [Bytes] = []
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "message_ids", &messageIDs)
        c.unknown(&unknown)
    }
}

/// The sender takes the receiver into its mesh.
public struct Graft: Message {
    public static var name: StaticString { "gossipsub.graft" }
    public static var form: Form { .protobuf }
    public var topic: Text?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "topic", &topic)
        c.unknown(&unknown)
    }
}

/// The sender takes the receiver out of its mesh, or does not take it in.
public struct Prune: Message {
    public static var name: StaticString { "gossipsub.prune" }
    public static var form: Form { .protobuf }
    public var topic: Text?
    /// Others in the mesh, from meshsub 1.1 on.
    public var peers: [PeerInfo] = []
    /// Seconds for which the receiver is not to ask again, from meshsub 1.1 on.
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

/// A peer to connect to instead.
public struct PeerInfo: Message {
    public static var name: StaticString { "gossipsub.peer_info" }
    public static var form: Form { .protobuf }
    /// What its fields stand for.
    public static var meanings: [String: FieldMeaning] { ["peer_id": .peerID] }
    public var peerID: Bytes?
    /// An `Envelope`, serialized, with a `PeerRecord`.
    public var signedPeerRecord: Bytes?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "peer_id", &peerID)
        c.tag(2, "signed_peer_record", &signedPeerRecord)
        c.unknown(&unknown)
    }
}

/// What the sender has beyond the protocol; in its first RPC only.
public struct ControlExtensions: Message {
    public static var name: StaticString { "gossipsub.extensions" }
    public static var form: Form { .protobuf }
    /// Of py-libp2p.
    public var topicObservation: Bool?
    /// Of go-libp2p-pubsub.
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
