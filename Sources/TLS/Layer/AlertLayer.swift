import Node
import Wire

/// A layer that splits the alerts in records. The alerts carry no other protocol.
struct AlertLayer: Layer {
    mutating func next(_ bytes: RawSpan, from side: Opener, into output: inout LayerOutput) -> LayerStep {
        let missing = Alert.size - bytes.byteCount
        return missing > 0 ? .needMore(missing) : .unit(Alert.self, length: Alert.size)
    }
}
