import Node
import Wire

/// A stream of messages of one kind, each of which tells its length; they carry nothing.
struct LeafLayer<M: Message>: Layer {
    mutating func next(_ bytes: RawSpan, from side: Opener, into output: inout LayerOutput) -> LayerStep {
        switch M.prefix(of: bytes) {
        case .needMore(let count): .needMore(count)
        case .refused(let error): .refused(error)
        case .message(_, let length): .unit(M.self, length: length)
        }
    }
}
