import Libp2p
import Node

extension ProtocolID {
    static let snapshot = "/lib2p2/snapshot/1.0.0"
}

extension LayerDefinition {
    /// Snapshots. The data of messages of a market stand beside them: no layer carries them by themselves.
    static let snapshot = exchange(
        "gossipsub.snapshot", SnapshotRequest.self, SnapshotPart.self, also: [Orders.self, Order.self],
        observer: { SnapshotObserver($0) })
}
