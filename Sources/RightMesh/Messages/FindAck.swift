public import Wire

/// FIND_ACK: lists the targets that are online now, without SNAPSHOT. It takes the reverse path of its FIND.
public struct FindAck: RightMeshMessage {
    public static var name: StaticString { "rightmesh.find_ack" }
    public static var summary: MessageSummary { answer("find ack") }
    public static var type: MessageType { .findAck }
    public var header = Header(.findAck)
    public var body = Body()
    public init() {}
    public init(peers: Peers) { body.peers = peers }
}
