import Libp2p

/// The additional state of routers with seeded faults.
struct FaultState: Sendable {
    /// The topics in whose meshes disconnected peers were.
    var lostMeshes: [PeerID: [[UInt8]]] = [:]
    /// Peers that received the first RPC of this node.
    var greeted: Set<PeerID> = []
    /// Messages whose forwarding is delayed.
    var late: [(message: PublishedMessage, id: [UInt8], topic: [UInt8], from: Int)] = []
    /// Peers that have not received the extensions yet.
    var unextended: Set<PeerID> = []
}
