import Wire

/// FIND_ACK: those of the targets that are online now, no snapshot. It takes the reverse path of its FIND.
struct FindAck: RightMeshMessage {
    static var name: StaticString { "rightmesh.find_ack" }
    static var type: MessageType { .findAck }
    var header = Header(.findAck)
    var body = Body()
    init() {}
    init(peers: Peers) { body.peers = peers }
}
