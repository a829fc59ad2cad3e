import Libp2p
public import Node

extension LayerDefinition {
    /// The layer of the streams of a DHT, for protocols whose peers also use one.
    public static let dht = exchange("kad", KadMessage.self, KadMessage.self, observer: { _ in SilentObserver() })
}
