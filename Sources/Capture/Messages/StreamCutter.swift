import Node
import Wire

/// What finds the messages of one direction: the framing of a protocol that carries nothing, or a layer, which sees both
/// directions.
struct StreamCutter {
    private var framing: (any Framing)?
    private let layer: LayerReader?
    private let direction: StreamDirection

    init(_ framing: any Framing, _ direction: StreamDirection) {
        (self.framing, layer, self.direction) = (framing, nil, direction)
    }
    init(_ layer: LayerReader, _ direction: StreamDirection) {
        (framing, self.layer, self.direction) = (nil, layer, direction)
    }

    /// What stands at the front of `bytes`. Not to be asked again about a message that it found: a layer goes on by it.
    @inline(__always)
    mutating func next(_ bytes: RawSpan) -> FramingResult {
        if let layer { return layer.next(bytes, direction) }
        return framing?.next(bytes) ?? .needMore(1)
    }
    func resync(_ bytes: RawSpan) -> Int? { layer?.resync(bytes) ?? framing?.resync(bytes) }
    mutating func lose(_ count: Int64?, behind kept: Int) -> Int? {
        layer?.lose(direction)
        return framing?.lose(count, behind: kept)
    }
    mutating func heard(_ type: any Message.Type, _ bytes: RawSpan) { framing?.heard(type, bytes) }
    func isMarked(_ type: any Message.Type) -> Bool { framing?.isMarked(type) ?? true }
}
