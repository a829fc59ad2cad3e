public import Node
import Wire

/// A decoder of both directions of plaintext/2.0.0: an Exchange of each side, then unencrypted data.
public struct PlaintextLayer: Layer {
    private var said: Set<Opener> = []
    /// True if an exchange may be among missing bytes.
    public private(set) var isBlind = false

    /// Creates a decoder of a fresh connection.
    public init() {}

    public var isOpening: Bool { said.count < 2 }
    public mutating func lose(_ side: Opener) { isBlind = true }
    public func announced(by bytes: RawSpan, from side: Opener) -> Announcement? {
        Announcement(PlaintextExchange.self, length: Varint.announced(by: bytes))
    }
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
