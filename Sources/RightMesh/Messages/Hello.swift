public import Wire

/// HELLO: to neighbours of the local mesh, with all peers that the sender knows; between superpeers, with SUPERPEERS
/// too. PEERS is a snapshot. The answer is HELLO_ACK.
public struct Hello: RightMeshMessage {
    public static var name: StaticString { "rightmesh.hello" }
    public static var summary: MessageSummary { request("hello") }
    public static var type: MessageType { .hello }
    public var header = Header(.hello)
    public var body = Body()
    public init() {}
    public init(peers: Peers) { body.peers = peers }
}
