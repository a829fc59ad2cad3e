public import Node
import Wire

/// A layer whose units are the decrypted payloads of a Noise handshake. `NoiseLayer` gives it one payload at a time.
struct NoisePayloadLayer: Layer {
    mutating func next(_ bytes: RawSpan, from side: Opener, into output: inout LayerOutput) -> LayerStep {
        guard bytes.byteCount > 0 else { return .needMore(1) }
        if let error = NoisePayload.check(bytes) { return .refused(error) }
        return .unit(NoisePayload.self, length: bytes.byteCount)
    }
}

extension LayerDefinition {
    /// The payloads of a Noise handshake, for captures only.
    static let noisePayload = libp2p(
        LayerName.noisePayload, [NoisePayload.self], layer: { _ in NoisePayloadLayer() }, end: { _ in ExchangeEnd() })
}

extension Definition {
    /// Returns the same protocol for captures, in which the decrypted payloads of a Noise handshake are messages too.
    /// The protocol must be on libp2p.
    public func withNoisePayloads() -> Definition {
        var definition = self
        guard var stack = reading.layers else { return self }
        let known = stack.resolve
        stack.layers.append(.noisePayload)
        stack.resolve = { $0 == LayerName.noisePayload ? $0 : known($0) }
        definition.reading.layers = stack
        return definition
    }
}
