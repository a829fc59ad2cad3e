import Wire

/// HELLO: to neighbours of the local mesh, with all that the sender knows, and between superpeers, with SUPERPEERS too.
/// PEERS is a snapshot. HELLO_ACK answers.
struct Hello: RightMeshMessage {
    static var name: StaticString { "rightmesh.hello" }
    static var type: MessageType { .hello }
    var header = Header(.hello)
    var body = Body()
    init() {}
    /// With its mandatory section, without a record.
    static var variants: [Self] { [Self(peers: Peers())] }
    init(peers: Peers) { body.peers = peers }

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, .hello, body)
        body.code(&c, of: header)
        c.require("peers", body.peers != nil, 0)
    }
}
