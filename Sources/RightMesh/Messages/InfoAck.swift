import Wire

/// INFO_ACK: of a superpeer, all peers (profile narrated) or the list of superpeers (profile target); of a phone, an
/// empty list.
struct InfoAck: RightMeshMessage {
    static var name: StaticString { "rightmesh.info_ack" }
    static var type: MessageType { .infoAck }
    var header = Header(.infoAck)
    var body = Body()
    init() {}
    init(peers: Peers) { body.peers = peers }
}
