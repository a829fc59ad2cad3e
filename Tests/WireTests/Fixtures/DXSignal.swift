import Wire

/// Asks for the events of a swarm.
struct JoinRequest: Message {
    static var name: StaticString { "dxos.join" }
    static var form: Form { .protobuf }
    var swarm: Bytes?
    var peer: Bytes?
    var unknown = Unknown()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "swarm", &swarm, as: .implicit)
        c.tag(2, "peer", &peer, as: .implicit)
        c.unknown(&unknown)
    }
}

/// A peer appeared or left.
struct SwarmEvent: Message {
    static var name: StaticString { "dxos.swarm_event" }
    static var form: Form { .protobuf }
    var peerAvailable: PeerAvailable?
    var peerLeft: PeerLeft?
    var unknown = Unknown()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "peer_available", &peerAvailable, as: .oneof)
        c.tag(2, "peer_left", &peerLeft, as: .oneof)
        c.unknown(&unknown)
    }
}

/// A peer is present.
struct PeerAvailable: Message {
    static var name: StaticString { "dxos.peer_available" }
    static var form: Form { .protobuf }
    var peer: Bytes?
    var since: Timestamp?
    /// The end of the presence, if it has one.
    var until: Timestamp?
    var announceBackToHost: Bytes?
    var unknown = Unknown()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "peer", &peer, as: .implicit)
        c.tag(2, "since", &since, as: .implicit)
        c.tag(3, "until", &until, as: .explicit)
        c.tag(4, "announce_back_to_host", &announceBackToHost, as: .explicit)
        c.unknown(&unknown)
    }
}

/// A peer left, or sent nothing for too long.
struct PeerLeft: Message {
    static var name: StaticString { "dxos.peer_left" }
    static var form: Form { .protobuf }
    var peer: Bytes?
    var unknown = Unknown()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "peer", &peer, as: .implicit)
        c.unknown(&unknown)
    }
}

/// The time since 1970 (google.protobuf.Timestamp).
struct Timestamp: Message {
    static var name: StaticString { "dxos.timestamp" }
    static var form: Form { .protobuf }
    var seconds: Int64?
    var nanos: Int32?
    var unknown = Unknown()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "seconds", &seconds, as: .implicit)
        c.tag(2, "nanos", &nanos, as: .implicit)
        c.unknown(&unknown)
    }
}
