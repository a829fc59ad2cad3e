import Node
import Wire

/// A layer as both directions of a conversation share it, with what its last unit carries.
final class LayerReader {
    let name: String
    private var layer: any Layer
    /// What the unit carries that was found last.
    private var output = LayerOutput()
    /// Directions whose bytes wait for what the other one sends.
    private var waiting = PerDirection { _ in false }
    /// The side that opened the stream is the server of the connection.
    let isSwapped: Bool

    init(_ definition: LayerDefinition, isSwapped: Bool) {
        name = definition.name
        layer = definition.layer(nil)
        self.isSwapped = isSwapped
    }
    /// Who sends in a direction, as the stream's opener is `us`.
    func sender(_ direction: StreamDirection) -> Opener { direction.isFromClient != isSwapped ? .us : .them }

    func next(_ bytes: RawSpan, _ direction: StreamDirection) -> FramingResult {
        output.clear()
        switch layer.next(bytes, from: sender(direction), into: &output) {
        case .unit(let type, let length): return .message(type, length: length)
        case .needMore(let count): return .needMore(count)
        case .waits:
            waiting[direction] = true
            return .needMore(1)
        case .refused(let error): return .refused(error)
        }
    }
    /// Takes what the last unit carries, or gives its memory back.
    func exchange(_ output: inout LayerOutput) { swap(&output, &self.output) }
    func resync(_ bytes: RawSpan) -> Int? { layer.resync(bytes) }
    func lose(_ direction: StreamDirection) {
        output.clear()
        layer.lose(sender(direction))
    }
    /// Whether a direction waited until now.
    func endWait(_ direction: StreamDirection) -> Bool {
        defer { waiting[direction] = false }
        return waiting[direction]
    }
}
