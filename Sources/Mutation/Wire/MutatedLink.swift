internal import Node
internal import Scenario
internal import Wire

/// One direction of a connection: finds the messages in what goes over it.
struct MutatedDirection: Sendable {
    /// A message, or bytes that are none.
    typealias Piece = (type: (any Message.Type)?, bytes: [UInt8])

    private var deframer: Deframer
    private let isStream: Bool

    init(_ definition: Definition, _ settings: Settings) {
        deframer = Deframer(definition.framing(settings))
        isStream = definition.transport == .tcp
    }
    /// The messages that are whole with these bytes; of what cannot be told apart, all that is there.
    mutating func take(_ bytes: [UInt8]) -> [Piece] {
        isStream ? deframer.take(bytes).map { ($0.type, $0.bytes) } : [(deframer.framing.only(bytes), bytes)]
    }
    /// A message that a layer gave whole, of this kind.
    mutating func whole(_ bytes: [UInt8], kind: UInt8) -> Piece {
        let found = deframer.framing.whole(bytes.span.bytes, kind: kind)
        guard case .message(let type, bytes.count) = found else { return (nil, bytes) }
        return (type, bytes)
    }
    /// What the other direction said, on which the form of what comes here may depend.
    mutating func heard(_ piece: Piece) {
        if let type = piece.type { deframer.framing.heard(type, piece.bytes.span.bytes) }
    }
    /// What was kept back, when nothing more comes.
    mutating func flush() -> [UInt8] {
        defer { deframer.restart() }
        return deframer.buffer
    }
}

extension Framing {
    /// The type of the message that these bytes are, from the first to the last; nil when they are not one.
    mutating func only(_ bytes: [UInt8]) -> (any Message.Type)? {
        guard case .message(let type, let length) = next(bytes.span.bytes), length == bytes.count else { return nil }
        return type
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
