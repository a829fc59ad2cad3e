import Libp2p

/// What routers with faults keep beside the rest.
struct FaultState: Sendable {
    /// Meshes of peers that are gone.
    var lostMeshes: [PeerID: [[UInt8]]] = [:]
    /// Peers that were greeted.
    var greeted: Set<PeerID> = []
    /// Messages that are forwarded later.
    var late: [(message: PublishedMessage, id: [UInt8], topic: [UInt8], from: Int)] = []
    /// Peers that still are to hear of extensions.
    var unextended: Set<PeerID> = []
}
