public import Wire

/// HELLO_ACK: has the same content as HELLO. A phone may send the same bytes to all phones one hop away (`bcast`);
/// `dst` is still the requester.
public struct HelloAck: RightMeshMessage {
    public static var name: StaticString { "rightmesh.hello_ack" }
    public static var summary: MessageSummary { answer("hello ack") }
    public static var type: MessageType { .helloAck }
    public var header = Header(.helloAck)
    public var body = Body()
    public init() {}
    public init(peers: Peers) { body.peers = peers }
}
