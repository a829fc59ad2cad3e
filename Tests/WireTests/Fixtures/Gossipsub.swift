import Wire

/// A message of a gossipsub stream. Its length precedes it as a varint. The encoding is proto2.
struct RPC: Message {
    static var name: StaticString { "gossipsub.rpc" }
    static var form: Form { .protobuf }
    var subscriptions: [Subscription] = []
    var publish: [Publication] = []
    var control: Control?
    var unknown = Unknown()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "subscriptions", &subscriptions)
        c.tag(2, "publish", &publish)
        c.tag(3, "control", &control)
        c.unknown(&unknown)
    }
}

/// Joins or leaves a topic.
struct Subscription: Message {
    static var name: StaticString { "gossipsub.subscription" }
    static var form: Form { .protobuf }
    var subscribe: Bool?
    var topic: Text?
    var unknown = Unknown()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "subscribe", &subscribe)
        c.tag(2, "topic", &topic)
        c.unknown(&unknown)
    }
}

/// One message of an application. The signature covers all fields except for the signature and the key, including
/// unknown fields.
struct Publication: Message {
    static var name: StaticString { "gossipsub.publication" }
    static var form: Form { .protobuf }
    /// The peer id of the author.
    var from: Bytes?
    var data: Bytes?
    /// Eight bytes, big-endian. With `from`, it makes the default message id.
    var seqno: Bytes?
    var topic: Text?
    var signature: Bytes?
    /// The key, only if `from` does not contain it.
    var key: Bytes?
    var unknown = Unknown()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "from", &from)
        c.tag(2, "data", &data)
        c.tag(3, "seqno", &seqno)
        c.tag(4, "topic", &topic)
        c.tag(5, "signature", &signature)
        c.tag(6, "key", &key)
        c.unknown(&unknown)
    }
}

/// Mesh and gossip upkeep.
struct Control: Message {
    static var name: StaticString { "gossipsub.control" }
    static var form: Form { .protobuf }
    var ihave: [IHave] = []
    var iwant: [MessageIDs] = []
    var graft: [Graft] = []
    var prune: [Prune] = []
    var idontwant: [MessageIDs] = []
    var unknown = Unknown()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "ihave", &ihave)
        c.tag(2, "iwant", &iwant)
        c.tag(3, "graft", &graft)
        c.tag(4, "prune", &prune)
        c.tag(5, "idontwant", &idontwant)
        c.unknown(&unknown)
    }
}

/// Messages of a topic that the sender has.
struct IHave: Message {
    static var name: StaticString { "gossipsub.ihave" }
    static var form: Form { .protobuf }
    var topic: Text?
    /// Any bytes, never UTF-8.
    var messageIDs: [Bytes] = []
    var unknown = Unknown()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "topic", &topic)
        c.tag(2, "message_ids", &messageIDs)
        c.unknown(&unknown)
    }
}

/// The requested messages (IWANT), or the messages that are no longer needed (IDONTWANT).
struct MessageIDs: Message {
    static var name: StaticString { "gossipsub.message_ids" }
    static var form: Form { .protobuf }
    var messageIDs: [Bytes] = []
    var unknown = Unknown()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "message_ids", &messageIDs)
        c.unknown(&unknown)
    }
}

/// Requests to join the mesh of a topic.
struct Graft: Message {
    static var name: StaticString { "gossipsub.graft" }
    static var form: Form { .protobuf }
    var topic: Text?
    var unknown = Unknown()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "topic", &topic)
        c.unknown(&unknown)
    }
}

/// Leaves the mesh of a topic.
struct Prune: Message {
    static var name: StaticString { "gossipsub.prune" }
    static var form: Form { .protobuf }
    var topic: Text?
    /// Other peers to try.
    var peers: [PeerInfo] = []
    /// Seconds before the next GRAFT. Absent means 60.
    var backoff: UInt64?
    var unknown = Unknown()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "topic", &topic)
        c.tag(2, "peers", &peers)
        c.tag(3, "backoff", &backoff)
        c.unknown(&unknown)
    }
}

/// A peer offered in exchange.
struct PeerInfo: Message {
    static var name: StaticString { "gossipsub.peer_info" }
    static var form: Form { .protobuf }
    var peerID: Bytes?
    var signedRecord: Bytes?
    var unknown = Unknown()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "peer_id", &peerID)
        c.tag(2, "signed_record", &signedRecord)
        c.unknown(&unknown)
    }
}

/// An RPC in the form of the stream.
struct FramedRPC: Message {
    static var name: StaticString { "gossipsub.frame" }
    var length = Derived<UInt32>()
    var rpc = RPC()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.derived("length", &length, .varint, computed: UInt32(rpc.byteCount()))
        c.message("rpc", &rpc, length: length.count, by: "length")
    }
}
