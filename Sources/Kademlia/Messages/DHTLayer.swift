import Libp2p
public import Node

extension LayerDefinition {
    /// The layer of the streams of a DHT.
    fileprivate static let dht = exchange("kad", KadMessage.self, KadMessage.self, observer: { _ in SilentObserver() })
}

extension Definition {
    /// Returns the definition for cases whose peers also use a DHT. In captures, the streams of a DHT belong to the
    /// protocol `kad`, whose observer judges them.
    public func withDHT() -> Definition {
        var definition = self
        guard var stack = reading.layers else { return self }
        let known = stack.resolve
        stack.layers.append(.dht)
        stack.resolve = { DHTOptions.isID($0) ? LayerDefinition.dht.name : known($0) }
        definition.reading.layers = stack
        definition.playing.functions += kadFunctions
        return definition
    }
}
