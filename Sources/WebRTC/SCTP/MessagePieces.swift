/// The origin of a piece of a message: the unit that brought it, and the place of the piece in the unit.
struct PieceOrigin {
    var unit: Int
    /// The number of the datagram.
    var datagram: Int
    var range: Range<Int>
}

/// The pieces of incomplete messages. A piece has a line and a number in it; the pieces of a message have consecutive
/// numbers.
struct MessagePieces {
    /// A sequence of numbered pieces: all TSNs for DATA, one message for I-DATA.
    struct Line: Hashable {
        var stream: UInt16 = 0
        var message: UInt32 = 0
        /// The number of a kind of line: 0 for DATA, 1 for ordered and 2 for unordered I-DATA.
        var kind: UInt8 = 0
        static let data = Line()
    }
    struct Piece {
        var flags: UInt8
        var stream: UInt16
        var kind: PayloadProtocol
        var tsn: UInt32
        var bytes: [UInt8]
        var origin: PieceOrigin
    }
    private struct Key: Hashable {
        var line: Line
        var number: UInt32
    }
    private var pieces: [Key: Piece] = [:]
    /// The number of bytes of all pieces.
    private(set) var memory = 0

    /// The maximum number of pieces, and of their bytes. WebRTC messages have at most 256 KiB in most programs.
    static let limit = 4096
    static let byteLimit = 4 << 20

    var isEmpty: Bool { pieces.isEmpty }
    /// True if no further piece has room.
    var isFull: Bool { pieces.count >= Self.limit || memory >= Self.byteLimit }

    /// Adds a piece. If it completes a message, it returns all pieces of the message in order, and forgets them.
    mutating func add(_ piece: Piece, _ line: Line, _ number: UInt32) -> [Piece]? {
        if pieces.updateValue(piece, forKey: Key(line: line, number: number)) == nil {
            memory += piece.bytes.count
        }
        guard let first = end(of: line, from: number, backwards: true),
            let last = end(of: line, from: number, backwards: false)
        else { return nil }
        var out: [Piece] = []
        var at = first
        while let piece = pieces.removeValue(forKey: Key(line: line, number: at)) {
            memory -= piece.bytes.count
            out.append(piece)
            if at == last { break }
            at &+= 1
        }
        return out
    }
    /// Returns the number of the first or last piece of the message with this piece; nil if a piece is missing.
    private func end(of line: Line, from number: UInt32, backwards: Bool) -> UInt32? {
        var at = number
        while let piece = pieces[Key(line: line, number: at)] {
            // Another message begins or ends here.
            if at != number, piece.flags & (backwards ? DataFlags.ends : DataFlags.begins) != 0 { return nil }
            if piece.flags & (backwards ? DataFlags.begins : DataFlags.ends) != 0 { return at }
            at = backwards ? at &- 1 : at &+ 1
        }
        return nil
    }
    /// Removes the pieces whose message cannot be completed, because `isOver` is true for one of their TSNs, and returns
    /// them as parts of messages in order.
    mutating func remove(where isOver: (UInt32) -> Bool) -> [[Piece]] {
        let gone = pieces.filter { isOver($0.value.tsn) }
            .sorted { ($0.key.line.message, $0.value.tsn) < ($1.key.line.message, $1.value.tsn) }
        var out: [[Piece]] = []
        var previous: Key?
        for (key, piece) in gone {
            pieces[key] = nil
            memory -= piece.bytes.count
            let follows = previous?.line == key.line && previous.map { $0.number &+ 1 } == key.number
            if follows, piece.flags & DataFlags.begins == 0, !out.isEmpty {
                out[out.count - 1].append(piece)
            } else {
                out.append([piece])
            }
            previous = key
        }
        return out
    }
}
