import Node
import Wire

/// A layer for a stream of messages of one type, each with its own length, that carry no other layer.
struct LeafLayer<M: Message>: Layer {
    mutating func next(_ bytes: RawSpan, from side: Opener, into output: inout LayerOutput) -> LayerStep {
        switch M.prefix(of: bytes) {
        case .needMore(let count): .needMore(count)
        case .refused(let error): .refused(error)
        case .message(_, let length): .unit(M.self, length: length)
        }
    }
}
