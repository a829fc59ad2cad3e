import Wire

/// HELLO_ACK: as HELLO. A phone may send the same bytes to all phones one hop away (`bcast`), whose `dst` is still the
/// one that asked.
struct HelloAck: RightMeshMessage {
    static var name: StaticString { "rightmesh.hello_ack" }
    static var type: MessageType { .helloAck }
    var header = Header(.helloAck)
    var body = Body()
    init() {}
    /// With its mandatory section, without a record.
    static var variants: [Self] { [Self(peers: Peers())] }
    init(peers: Peers) { body.peers = peers }

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, .helloAck, body)
        body.code(&c, of: header)
        c.require("peers", body.peers != nil, 0)
    }
}
