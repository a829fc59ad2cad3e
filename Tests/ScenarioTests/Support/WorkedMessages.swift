import Wire

// Messages of WorkedExamples. Their fields have the names and types from the examples, in the simplest encoding.

struct GossipSubscription: Message {
    static var name: StaticString { "gossipsub.rpc.subscription" }
    static var form: Form { .protobuf }
    var subscribe: Bool?
    var topic: Text?
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "subscribe", &subscribe)
        c.tag(2, "topic", &topic)
    }
}

struct GossipControl: Message {
    static var name: StaticString { "gossipsub.rpc.control" }
    static var form: Form { .protobuf }
    var ihave: [Text] = []
    var iwant: [Text] = []
    var idontwant: [Text] = []
    var graft: [Text] = []
    var prune: [Text] = []
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "ihave", &ihave)
        c.tag(2, "iwant", &iwant)
        c.tag(3, "idontwant", &idontwant)
        c.tag(4, "graft", &graft)
        c.tag(5, "prune", &prune)
    }
}

struct GossipRPC: Message {
    static var name: StaticString { "gossipsub.rpc" }
    static var form: Form { .protobuf }
    var subscriptions: [GossipSubscription] = []
    var control: GossipControl?
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "subscriptions", &subscriptions)
        c.tag(2, "control", &control)
    }
}

struct GossipGraft: Message {
    static var name: StaticString { "gossipsub.graft" }
    static var form: Form { .protobuf }
    var topic: Text?
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "topic", &topic)
    }
}

struct GossipPrune: Message {
    static var name: StaticString { "gossipsub.prune" }
    static var form: Form { .protobuf }
    var topic: Text?
    var backoff: UInt64?
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "topic", &topic)
        c.tag(2, "backoff", &backoff)
    }
}

struct LibPing: Message {
    static var name: StaticString { "libp2p.ping" }
    static var form: Form { .protobuf }
    var payload: Bytes?
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "payload", &payload)
    }
}

struct MeshHello: Message {
    static var name: StaticString { "rightmesh.hello" }
    static var form: Form { .protobuf }
    var peers: [Bytes] = []
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "peers", &peers)
    }
}

struct MeshHelloAck: Message {
    static var name: StaticString { "rightmesh.hello_ack" }
    static var form: Form { .protobuf }
    var count: UInt64?
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "count", &count)
    }
}

struct MeshFind: Message {
    static var name: StaticString { "rightmesh.find" }
    static var form: Form { .protobuf }
    var target: Bytes?
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "target", &target)
    }
}

struct MeshFindReply: Message {
    static var name: StaticString { "rightmesh.find_reply" }
    static var form: Form { .protobuf }
    var found: Bool?
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "found", &found)
    }
}

struct HubAnnounce: Message {
    static var name: StaticString { "peerpigeon.announce" }
    static var form: Form { .protobuf }
    var networkName: Text?
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "networkName", &networkName)
    }
}

struct HubPing: Message {
    static var name: StaticString { "peerpigeon.ping" }
    static var form: Form { .protobuf }
    var timestamp: UInt64?
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "timestamp", &timestamp)
    }
}

struct HubPeer: Message {
    static var name: StaticString { "peerpigeon.peer" }
    static var form: Form { .protobuf }
    var peerId: Text?
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "peerId", &peerId)
    }
}

struct HubDiscovered: Message {
    static var name: StaticString { "peerpigeon.peer-discovered" }
    static var form: Form { .protobuf }
    var data: HubPeer?
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "data", &data)
    }
}

struct HubDescription: Message {
    static var name: StaticString { "peerpigeon.description" }
    static var form: Form { .protobuf }
    var type: Text?
    var sdp: Text?
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "type", &type)
        c.tag(2, "sdp", &sdp)
    }
}

struct HubOffer: Message {
    static var name: StaticString { "peerpigeon.offer" }
    static var form: Form { .protobuf }
    var fromPeerId: Text?
    var targetPeerId: Text?
    var networkName: Text?
    var data: HubDescription?
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "fromPeerId", &fromPeerId)
        c.tag(2, "targetPeerId", &targetPeerId)
        c.tag(3, "networkName", &networkName)
        c.tag(4, "data", &data)
    }
}
