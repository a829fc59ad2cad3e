internal import Node
internal import Wire

/// Bytes of one direction of a link in, messages out.
struct Splitter {
    var framing: any Framing
    var buffer: [UInt8] = []
    /// The stream made no sense any more: what comes now is bytes.
    var isBroken = false
    /// Bytes that one message may wait for: no known message is larger.
    static let maximumMessage = 1 << 20

    init(_ framing: any Framing) { self.framing = framing }
    /// Whether the end now would be in the middle of a message.
    var isInside: Bool { !buffer.isEmpty && !isBroken }

    struct Piece {
        var type: (any Message.Type)?
        var bytes: [UInt8]
        var problem: WireError?
    }
    /// Adds bytes; returns what they completed.
    mutating func receive(_ bytes: [UInt8]) -> [Piece] {
        if isBroken { return [Piece(bytes: bytes)] }
        let all = buffer + bytes
        buffer = []
        var out: [Piece] = []
        var start = 0
        while start < all.count, !isBroken {
            switch framing.next(all.span.bytes.extracting(start..<all.count)) {
            case .message(let type, let length) where length > 0 && length <= all.count - start:
                out.append(Piece(type: type, bytes: Array(all[start..<start + length])))
                start += length
            case .needMore where all.count - start < Self.maximumMessage:
                buffer = Array(all[start...])
                return out
            case .refused(let error):
                out.append(Piece(bytes: Array(all[start...]), problem: error))
                isBroken = true
            default:
                out.append(Piece(bytes: Array(all[start...])))
                isBroken = true
            }
        }
        return out
    }
}
