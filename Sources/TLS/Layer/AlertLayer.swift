import Node
import Wire

/// The alerts that records carry, cut; they carry nothing themselves.
struct AlertLayer: Layer {
    mutating func next(_ bytes: RawSpan, from side: Opener, into output: inout LayerOutput) -> LayerStep {
        let missing = Alert.size - bytes.byteCount
        return missing > 0 ? .needMore(missing) : .unit(Alert.self, length: Alert.size)
    }
}
