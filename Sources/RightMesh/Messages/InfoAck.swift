import Wire

/// INFO_ACK: of a superpeer, all peers (profile narrated) or the list of superpeers (profile target); of a phone, an
/// empty list.
public struct InfoAck: RightMeshMessage {
    public static var name: StaticString { "rightmesh.info_ack" }
    public static var type: MessageType { .infoAck }
    public var header = Header(.infoAck)
    public var body = Body()
    public init() {}
    public init(peers: Peers) { body.peers = peers }
}
