import Wire

/// INFO: to a superpeer, with the local mesh of the sender as a snapshot; to a phone, a push of what has changed.
/// INFO_ACK answers.
struct Info: RightMeshMessage {
    static var name: StaticString { "rightmesh.info" }
    static var type: MessageType { .info }
    var header = Header(.info)
    var body = Body()
    init() {}
    init(peers: Peers) { body.peers = peers }
}
