import Wire

/// FIND_ACK: those of the targets that are online now, no snapshot. It takes the reverse path of its FIND.
struct FindAck: RightMeshMessage {
    static var name: StaticString { "rightmesh.find_ack" }
    static var type: MessageType { .findAck }
    var header = Header(.findAck)
    var body = Body()
    init() {}
    /// With its mandatory section, without a record.
    static var variants: [Self] { [Self(peers: Peers())] }
    init(peers: Peers) { body.peers = peers }

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, .findAck, body)
        body.code(&c, of: header)
        c.require("peers", body.peers != nil, 0)
    }
}
