public import Node
import Wire

/// Both directions of plaintext/2.0.0 taken apart: an exchange of each side, then whatever comes, in the clear.
public struct PlaintextLayer: Layer {
    private var said: Set<Opener> = []
    /// True if an exchange may be among missing bytes.
    public private(set) var isBlind = false

    /// A fresh connection.
    public init() {}

    public mutating func lose(_ side: Opener) { isBlind = true }
    public mutating func next(_ bytes: RawSpan, from side: Opener, into output: inout LayerOutput) -> LayerStep {
        if said.contains(side) { return .waits }
        switch PlaintextExchange.prefix(of: bytes) {
        case .needMore(let count): return .needMore(count)
        case .refused(let error): return .refused(error)
        case .message(_, let length):
            said.insert(side)
            if said.count == 2 { output.append(.becomes(LayerName.muxer)) }
            return .unit(PlaintextExchange.self, length: length)
        }
    }
}
