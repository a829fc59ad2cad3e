public import Wire

/// INFO: to a superpeer, with the local mesh of the sender as a snapshot; to a phone, a push of changes. The answer is
/// INFO_ACK.
public struct Info: RightMeshMessage {
    public static var name: StaticString { "rightmesh.info" }
    public static var summary: MessageSummary { request("info") }
    public static var type: MessageType { .info }
    public var header = Header(.info)
    public var body = Body()
    public init() {}
    public init(peers: Peers) { body.peers = peers }
}
