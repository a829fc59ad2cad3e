import Wire

/// INFO: to a superpeer, with the local mesh of the sender as a snapshot; to a phone, a push of what has changed.
/// INFO_ACK answers.
struct Info: RightMeshMessage {
    static var name: StaticString { "rightmesh.info" }
    static var type: MessageType { .info }
    var header = Header(.info)
    var body = Body()
    init() {}
    /// With its mandatory section, without a record.
    static var variants: [Self] { [Self(peers: Peers())] }
    init(peers: Peers) { body.peers = peers }

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, .info, body)
        body.code(&c, of: header)
        c.require("peers", body.peers != nil, 0)
    }
}
