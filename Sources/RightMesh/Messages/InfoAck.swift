import Wire

/// INFO_ACK: of a superpeer, all peers (profile narrated) or the list of superpeers (profile target); of a phone, an
/// empty list.
struct InfoAck: RightMeshMessage {
    static var name: StaticString { "rightmesh.info_ack" }
    static var type: MessageType { .infoAck }
    var header = Header(.infoAck)
    var body = Body()
    init() {}
    /// With its mandatory section, without a record.
    static var variants: [Self] { [Self(peers: Peers())] }
    init(peers: Peers) { body.peers = peers }

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, .infoAck, body)
        body.code(&c, of: header)
        c.require("peers", body.peers != nil, 0)
    }
}
