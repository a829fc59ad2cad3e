import Libp2p
import Node

extension ProtocolID {
    static let snapshot = "/lib2p2/snapshot/1.0.0"
}

extension LayerDefinition {
    /// The layer of snapshot exchanges. It also lists the messages in the data of a market, because no layer of their
    /// own carries them.
    static let snapshot = exchange(
        "gossipsub.snapshot", SnapshotRequest.self, SnapshotPart.self, also: [Orders.self, Order.self, Fill.self],
        observer: { SnapshotObserver($0) })
}
