internal import Node
internal import Scenario
internal import Wire

/// One direction of a connection, which finds the messages in its bytes.
struct MutatedDirection: Sendable {
    /// A message, or bytes that are not a message.
    typealias Piece = (type: (any Message.Type)?, bytes: [UInt8])

    private var deframer: Deframer
    private let isStream: Bool

    init(_ definition: Definition, _ settings: Settings) {
        deframer = Deframer(definition.reading.framing(settings))
        isStream = definition.transport == .tcp
    }
    /// Returns the messages that are complete with these bytes. Bytes that cannot be split are returned together.
    mutating func take(_ bytes: [UInt8]) -> [Piece] {
        isStream ? deframer.take(bytes).map { ($0.type, $0.bytes) } : [(deframer.framing.only(bytes), bytes)]
    }
    /// Returns a message of this kind that a layer passed on as a whole.
    mutating func whole(_ bytes: [UInt8], kind: UInt8) -> Piece {
        let found = deframer.framing.whole(bytes.span.bytes, kind: kind)
        guard case .message(let type, bytes.count) = found else { return (nil, bytes) }
        return (type, bytes)
    }
    /// Notes a message of the other direction, on which the form of messages in this direction may depend.
    mutating func heard(_ piece: Piece) {
        if let type = piece.type { deframer.framing.heard(type, piece.bytes.span.bytes) }
    }
    /// Returns the incomplete bytes, because no more bytes follow.
    mutating func flush() -> [UInt8] {
        defer { deframer.restart() }
        return deframer.buffer
    }
}

extension Framing {
    /// Returns the type of the message that consists of exactly these bytes; nil if they are not one message.
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
