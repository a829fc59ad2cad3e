import Wire

/// HELLO: to neighbours of the local mesh, with all that the sender knows, and between superpeers, with SUPERPEERS too.
/// PEERS is a snapshot. HELLO_ACK answers.
struct Hello: RightMeshMessage {
    static var name: StaticString { "rightmesh.hello" }
    static var type: MessageType { .hello }
    var header = Header(.hello)
    var body = Body()
    init() {}
    init(peers: Peers) { body.peers = peers }
}
