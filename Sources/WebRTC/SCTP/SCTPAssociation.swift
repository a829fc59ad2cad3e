import Node
import Wire

/// A follower of both sides of an SCTP association. It puts the messages of data channels together, each once, and notes
/// those that the capture lacks.
struct SCTPAssociation {
    /// A user message.
    struct Message {
        var stream: UInt16
        var kind: PayloadProtocol
        var bytes: [UInt8]
        var origins: [PieceOrigin]
    }
    enum Event {
        /// A whole message, in the order in which messages become complete.
        case message(Message)
        /// A message with missing pieces, and the reason why they are no longer waited for.
        case incomplete(Message, String, from: Opener, isGivenUp: Bool)
        /// Chunks that the receiver has but the capture lacks: messages or pieces of them.
        case missing(count: Int, first: UInt32, last: UInt32, from: Opener)
    }
    private struct Side {
        var numbers = TransmissionNumbers()
        var pieces = MessagePieces()
        /// The last TSN in the acknowledgements of the other side, until a further one arrives. In a capture, an
        /// acknowledgement may be shortly before its data.
        var acknowledged: UInt32?
    }
    private var us = Side()
    private var them = Side()
    /// The labels of the open channels, by stream.
    private(set) var labels: [UInt16: String] = [:]
    /// The maximum number of labels that are kept, and of bytes of each.
    private static let labelLimit = 1024
    private static let labelSize = 256

    /// The number of bytes that wait for others.
    var memory: Int { us.pieces.memory + them.pieces.memory }

    /// Receives a packet that its description accepts and appends what it makes known. Returns true if all its data was
    /// received before.
    mutating func receive(
        _ packet: SCTPPacket, _ bytes: RawSpan, from side: Opener, unit: Int, datagram: Int, into out: inout [Event]
    ) -> Bool {
        var direction = side == .us ? us : them
        var (new, old) = (0, 0)
        for chunk in packet.chunks {
            if let initiation = chunk.initiation {
                direction.numbers.begin(initiation.initialTSN)
            } else if let data = chunk.data {
                guard direction.numbers.insert(data.tsn) else {
                    old += 1
                    continue
                }
                new += 1
                let piece = MessagePieces.Piece(
                    flags: chunk.flags, stream: data.stream, kind: data.kind, tsn: data.tsn,
                    bytes: data.payload.array(in: bytes),
                    origin: PieceOrigin(unit: unit, datagram: datagram, range: Self.range(of: data.payload, bytes)))
                Self.add(piece, .data, data.tsn, &direction, side, &out)
            } else if let data = chunk.iData {
                guard direction.numbers.insert(data.tsn) else {
                    old += 1
                    continue
                }
                new += 1
                let begins = chunk.flags & DataFlags.begins != 0
                let line = MessagePieces.Line(
                    stream: data.stream, message: data.message, kind: chunk.flags & DataFlags.unordered != 0 ? 2 : 1)
                let piece = MessagePieces.Piece(
                    flags: chunk.flags, stream: data.stream, kind: PayloadProtocol(rawValue: begins ? data.number : 0),
                    tsn: data.tsn, bytes: data.payload.array(in: bytes),
                    origin: PieceOrigin(unit: unit, datagram: datagram, range: Self.range(of: data.payload, bytes)))
                Self.add(piece, line, begins ? 0 : data.number, &direction, side, &out)
            } else if let forward = chunk.forwardTSN {
                // The sender gives them up, so that they are not missing from the capture.
                _ = direction.numbers.pass(to: forward.cumulativeTSN)
                Self.end(&direction, side, to: forward.cumulativeTSN, "the sender gives up the rest", &out)
            }
        }
        if side == .us { us = direction } else { them = direction }
        for chunk in packet.chunks {
            if let sack = chunk.sack { acknowledge(sack.cumulativeTSN, of: side.opposite, &out) }
            if let last = chunk.cumulativeTSN { acknowledge(last, of: side.opposite, &out) }
        }
        return new == 0 && old > 0
    }
    /// Notes the label of a stream, from the request to open it.
    mutating func open(_ stream: UInt16, label: String) {
        guard labels[stream] != nil || labels.count < Self.labelLimit else { return }
        labels[stream] = String(label.prefix(Self.labelSize))
    }
    /// Ends the association: nothing more arrives. `reason` is for people.
    mutating func finish(_ reason: String, into out: inout [Event]) {
        for side in [Opener.us, .them] {
            if let last = side == .us ? us.acknowledged : them.acknowledged { settle(last, of: side, &out) }
        }
        for side in [Opener.us, .them] {
            let rest = side == .us ? us.pieces.remove { _ in true } : them.pieces.remove { _ in true }
            out += rest.map { .incomplete(Self.message($0), reason, from: side, isGivenUp: false) }
        }
    }
    /// Gives up all incomplete messages for lack of room.
    mutating func giveUp(into out: inout [Event]) {
        Self.giveUp(&us, .us, &out)
        Self.giveUp(&them, .them, &out)
    }

    private static func range(of payload: Bytes, _ bytes: RawSpan) -> Range<Int> {
        payload.withSpan(in: bytes) { part in
            bytes.byteOffsets(of: part) ?? 0..<0
        }
    }
    private static func add(
        _ piece: MessagePieces.Piece, _ line: MessagePieces.Line, _ number: UInt32, _ direction: inout Side,
        _ side: Opener, _ out: inout [Event]
    ) {
        let whole = DataFlags.begins | DataFlags.ends
        if piece.flags & whole == whole { return out.append(.message(message([piece]))) }
        if direction.pieces.isFull { giveUp(&direction, side, &out) }
        if let parts = direction.pieces.add(piece, line, number) { out.append(.message(message(parts))) }
    }
    private static func message(_ pieces: [MessagePieces.Piece]) -> Message {
        let first = pieces.first
        return Message(
            stream: first?.stream ?? 0, kind: first?.kind ?? .string, bytes: pieces.flatMap(\.bytes),
            origins: pieces.map(\.origin))
    }
    private static func giveUp(_ direction: inout Side, _ side: Opener, _ out: inout [Event]) {
        let reason = "there is no room to wait for the rest"
        for parts in direction.pieces.remove(where: { _ in true }) {
            out.append(.incomplete(message(parts), reason, from: side, isGivenUp: true))
        }
    }
    private static func end(
        _ direction: inout Side, _ side: Opener, to tsn: UInt32, _ reason: String, _ out: inout [Event]
    ) {
        for parts in direction.pieces.remove(where: { !TransmissionNumbers.isBefore(tsn, $0) }) {
            out.append(.incomplete(message(parts), reason, from: side, isGivenUp: false))
        }
    }
    /// Notes an acknowledgement of the data of a side, and settles the one before.
    private mutating func acknowledge(_ tsn: UInt32, of side: Opener, _ out: inout [Event]) {
        let previous = side == .us ? us.acknowledged : them.acknowledged
        if side == .us { us.acknowledged = tsn } else { them.acknowledged = tsn }
        if let previous { settle(previous, of: side, &out) }
    }
    private mutating func settle(_ tsn: UInt32, of side: Opener, _ out: inout [Event]) {
        var direction = side == .us ? us : them
        if let missing = direction.numbers.pass(to: tsn) {
            out.append(.missing(count: missing.count, first: missing.from, last: missing.to, from: side))
            // The piece of a message that begins before and ends after the last one is still waited for in vain.
            Self.end(&direction, side, to: missing.to, "pieces are missing from the capture", &out)
        }
        if side == .us { us = direction } else { them = direction }
    }
}
