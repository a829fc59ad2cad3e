public import Wire

/// INFO_ACK: a superpeer sends all peers (profile narrated) or the list of superpeers (profile target); a phone sends
/// an empty list.
public struct InfoAck: RightMeshMessage {
    public static var name: StaticString { "rightmesh.info_ack" }
    public static var summary: MessageSummary { answer("info ack") }
    public static var type: MessageType { .infoAck }
    public var header = Header(.infoAck)
    public var body = Body()
    public init() {}
    public init(peers: Peers) { body.peers = peers }
}
