import Libp2p
public import Node

extension LayerDefinition {
    /// The layer of the streams of a DHT, for cases of protocols whose peers also use one.
    public static let dht = exchange("kad", KadMessage.self, KadMessage.self, observer: { _ in SilentObserver() })
}

extension Definition {
    /// Returns the definition for captures. There, the streams of a DHT belong to the protocol `kad`, whose observer judges
    /// them.
    public func withoutDHT() -> Definition {
        var definition = self
        definition.reading.layers?.layers.removeAll { $0.name == LayerDefinition.dht.name }
        return definition
    }
}
