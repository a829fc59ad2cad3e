import Node

@testable import Capture

/// A writer of equivalent captures of a talk: cut, ordered, repeated and wrapped differently. A seed determines the
/// result.
struct Rewriter {
    /// A change of the segments of each stretch.
    enum Change: String, CaseIterable {
        case asItIs, oneByte, cut, merged, reordered, repeated, overlapping, contradicted, wrapped
    }
    /// The maximum number of bytes of a segment. An IP packet has at most 65,535 bytes.
    private static let segmentLimit = 60_000
    let talk: Talk
    let changes: Set<Change>
    private var random: Random
    /// The streams so far, from which bytes are repeated.
    private var said: [[UInt8]]
    private var first: [UInt32] = []

    init(_ talk: Talk, _ changes: Set<Change>, seed: UInt64) {
        self.talk = talk
        self.changes = changes
        random = Random(seed: seed)
        said = [[UInt8]](repeating: [], count: talk.connections.count * 2)
        for i in said.indices {
            // Around the end of the sequence numbers, within the data or at the first byte.
            let back = UInt32.random(in: 0...600, using: &random)
            first.append(changes.contains(.wrapped) ? i % 3 == 0 ? .max : 0 &- back : random.next() as UInt32)
        }
    }
    /// Returns the segments, with the times of their pieces.
    mutating func segments() -> [(tap: Tap, time: Timestamp)] {
        var out: [(tap: Tap, time: Timestamp)] = []
        for stretch in talk.stretches { out += segments(of: stretch) }
        return out
    }
    private mutating func segments(of stretch: [Talk.Piece]) -> [(tap: Tap, time: Timestamp)] {
        guard let head = stretch.first, !head.bytes.isEmpty else { return stretch.map { (tap($0), $0.time) } }
        let stream = head.connection * 2 + (head.isFromClient ? 0 : 1)
        var pieces = stretch
        if changes.contains(.merged) {
            let whole = merged(stretch)
            pieces = cut(whole, Array(stride(from: Self.segmentLimit, to: whole.bytes.count, by: Self.segmentLimit)))
        }
        if changes.contains(.oneByte) { pieces = pieces.flatMap { cut($0, Array(1..<max(1, $0.bytes.count))) } }
        if changes.contains(.cut) {
            pieces = pieces.flatMap { piece in
                let count = Int.random(in: 0...8, using: &random)
                let ends = (0..<count).map { _ in Int.random(in: 1...max(1, piece.bytes.count), using: &random) }
                return cut(piece, Set(ends).sorted())
            }
        }
        if changes.contains(.reordered) { pieces.shuffle(using: &random) }
        let before = said[stream].count
        said[stream] += stretch.flatMap(\.bytes)
        for _ in 0..<(changes.contains(.repeated) ? 3 : 0) {
            guard let one = pieces.randomElement(using: &random) else { break }
            pieces.insert(one, at: Int.random(in: 0...pieces.count, using: &random))
        }
        for _ in 0..<(changes.contains(.overlapping) ? 3 : 0) {
            // From old data up to the data of this stretch.
            let from = Int.random(in: max(0, before - 300)..<said[stream].count, using: &random)
            let to = Int.random(in: from..<said[stream].count, using: &random) + 1
            var again = head
            (again.offset, again.bytes) = (from, Array(said[stream][from..<to]))
            pieces.insert(again, at: Int.random(in: 0...pieces.count, using: &random))
        }
        if changes.contains(.contradicted), let one = stretch.randomElement(using: &random) {
            // The first content counts, so the changed copy is last.
            var lie = one
            lie.bytes[Int.random(in: 0..<lie.bytes.count, using: &random)] ^= 0x41
            pieces.append(lie)
        }
        // Times do not decrease, in any order of the segments.
        let times = pieces.map(\.time).sorted()
        return zip(pieces, times).map { (tap($0), $1) }
    }
    private func merged(_ stretch: [Talk.Piece]) -> Talk.Piece {
        var out = stretch[0]
        out.bytes = stretch.flatMap(\.bytes)
        out.time = stretch.last?.time ?? out.time
        return out
    }
    private func cut(_ piece: Talk.Piece, _ ends: [Int]) -> [Talk.Piece] {
        zip([0] + ends, ends + [piece.bytes.count]).filter { $0 < $1 }.map { from, to in
            var part = piece
            part.offset += from
            part.bytes = Array(piece.bytes[from..<to])
            return part
        }
    }
    private func tap(_ piece: Talk.Piece) -> Tap {
        let connection = talk.connections[piece.connection]
        let (mine, theirs) = (
            piece.connection * 2 + (piece.isFromClient ? 0 : 1), piece.connection * 2 + (piece.isFromClient ? 1 : 0)
        )
        let isBehindFin =
            piece.flags.contains(.reset)
            && talk.pieces.contains {
                $0.connection == piece.connection && $0.isFromClient == piece.isFromClient && $0.flags.contains(.fin)
            }
        let sequence =
            piece.flags.contains(.syn)
            ? first[mine] : first[mine] &+ 1 &+ UInt32(piece.offset) &+ (isBehindFin ? 1 : 0)
        return Tap(
            from: piece.isFromClient ? connection.client : connection.server,
            to: piece.isFromClient ? connection.server : connection.client, sequence: sequence,
            acknowledgement: piece.flags.contains(.acknowledges) ? first[theirs] &+ 1 &+ UInt32(said[theirs].count) : 0,
            flags: piece.flags, payload: piece.bytes)
    }
}
