import Wire

/// HELLO_ACK: as HELLO. A phone may send the same bytes to all phones one hop away (`bcast`), whose `dst` is still the
/// one that asked.
struct HelloAck: RightMeshMessage {
    static var name: StaticString { "rightmesh.hello_ack" }
    static var type: MessageType { .helloAck }
    var header = Header(.helloAck)
    var body = Body()
    init() {}
    init(peers: Peers) { body.peers = peers }
}
