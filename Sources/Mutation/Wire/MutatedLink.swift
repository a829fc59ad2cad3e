internal import Node
internal import Wire

/// One direction of a connection: finds the messages in what goes over it.
struct MutatedDirection: Sendable {
    /// A message, or bytes that are none.
    struct Piece {
        var type: (any Message.Type)?
        var bytes: [UInt8]
    }
    private var framing: any Framing
    private let isStream: Bool
    /// The beginning of a message.
    private(set) var rest: [UInt8] = []
    /// No message can be found here any more.
    private var isLost = false

    init(_ definition: Definition, _ settings: Settings) {
        framing = definition.framing(settings)
        isStream = definition.transport == .tcp
    }
    /// The messages that are whole with these bytes; of what cannot be told apart, all that is there.
    mutating func take(_ bytes: [UInt8]) -> [Piece] {
        guard isStream else {
            guard case .message(let type, let length) = framing.next(bytes.span.bytes), length == bytes.count else {
                return [Piece(type: nil, bytes: bytes)]
            }
            return [Piece(type: type, bytes: bytes)]
        }
        guard !isLost else { return [Piece(type: nil, bytes: bytes)] }
        rest += bytes
        var out: [Piece] = []
        while !rest.isEmpty {
            let all = rest
            switch framing.next(all.span.bytes) {
            case .message(let type, let length) where length > 0 && length <= all.count:
                out.append(Piece(type: type, bytes: Array(all[..<length])))
                rest.removeSubrange(..<length)
            case .needMore: return out
            case .message, .refused:
                isLost = true
                out.append(Piece(type: nil, bytes: rest))
                rest = []
            }
        }
        return out
    }
    /// What the other direction said, on which the form of what comes here may depend.
    mutating func heard(_ piece: Piece) {
        if let type = piece.type { framing.heard(type, piece.bytes.span.bytes) }
    }
    /// What was kept back, when nothing more comes.
    mutating func flush() -> [UInt8] {
        defer { rest = [] }
        return rest
    }
}

/// A connection of a mutated node.
struct MutatedLink: Sendable {
    var said: MutatedDirection
    var heard: MutatedDirection
    init(_ definition: Definition, _ settings: Settings) {
        said = MutatedDirection(definition, settings)
        heard = MutatedDirection(definition, settings)
    }
}
