/// The bytes of a stream that arrived before bytes that precede them, in order and without overlaps. They are rare and
/// short-lived. This is an object, so that a stream without it stays small.
final class EarlyBytes {
    /// A part of the stream that arrived early, or that is known to be missing.
    struct Piece {
        var start: Int64
        /// The bytes; empty if the snap length cut them off.
        var bytes: [UInt8]
        /// The number of bytes of the stream that the piece covers.
        var length: Int64
        var mark: Mark
        var stop: Int64 { start &+ length }
    }
    /// The number of bytes that a piece counts in addition to its own.
    static let overhead = 96

    private var pieces: ArraySlice<Piece> = []
    /// The number of bytes of memory in use.
    private(set) var memory = 0
    /// The gap that the receiver has acknowledged, the time of the acknowledgement, and the number of segments of the
    /// connection since then.
    var acknowledged: (hole: Int64, time: Timestamp, segments: Int)?
    /// The last time at which bytes before the first gap arrived, or the other side still waited for its first byte. Up
    /// to this time nothing in the gap is lost.
    var lastDoubt: Timestamp?
    /// The number of further segments of the same side to wait for in a stream that was met in the middle. They may
    /// bring bytes before the first captured byte, whose offset is 0.
    var joining: Int

    init(joining: Int = 0) { self.joining = joining }

    var isEmpty: Bool { pieces.isEmpty }
    var count: Int { pieces.count }
    var first: Piece? { pieces.first }

    func removeFirst() {
        guard let first = pieces.first else { return }
        memory &-= first.bytes.count &+ Self.overhead
        // A slice keeps removed elements alive for a while, so this frees their memory.
        pieces[pieces.startIndex].bytes = []
        pieces.removeFirst()
    }
    /// Makes the bytes directly before the piece at 0 the beginning of the stream, from which offsets count. Returns
    /// their number, and the number of bytes before them that are dropped, because bytes between are missing.
    func join() -> (earlier: Int64, forgotten: Int) {
        joining = 0
        guard var i = pieces.firstIndex(where: { $0.start == 0 }) else { return (0, 0) }
        while i > pieces.startIndex, pieces[i - 1].stop == pieces[i].start { i &-= 1 }
        var forgotten = 0
        for _ in pieces.startIndex..<i {
            forgotten &+= first?.bytes.count ?? 0
            removeFirst()
        }
        let earlier = -(first?.start ?? 0)
        if earlier > 0 { for k in pieces.indices { pieces[k].start &+= earlier } }
        return (earlier, forgotten)
    }
    /// Keeps the bytes that no piece holds yet, and marks the bytes up to `stop` that were on the wire but not
    /// captured. Returns the number of bytes that a piece held already, and true if some of them differ.
    func insert(_ bytes: RawSpan, from start: Int64, to stop: Int64, at mark: Mark) -> (Int, Bool) {
        let captured = start &+ Int64(bytes.byteCount)
        var (again, differs) = (0, false)
        var at = start
        var i = index(of: start)
        while at < stop {
            if i < pieces.endIndex, pieces[i].start <= at {
                let old = pieces[i]
                let to = min(captured, old.stop)
                if !old.bytes.isEmpty, at < to {
                    let theirs = old.bytes.span.bytes.extracting(Int(at &- old.start)..<Int(to &- old.start))
                    let ours = bytes.extracting(Int(at &- start)..<Int(to &- start))
                    again &+= ours.byteCount
                    if !ours.same(as: theirs) { differs = true }
                }
                at = max(at, old.stop)
            } else {
                // A new piece extends up to the next one. Captured and missing bytes are separate pieces.
                let limit = i < pieces.endIndex ? min(stop, pieces[i].start) : stop
                let to = at < captured ? min(limit, captured) : limit
                let copy =
                    at < captured
                    ? bytes.extracting(Int(at &- start)..<Int(to &- start)).withUnsafeBytes { [UInt8]($0) } : []
                memory &+= copy.count &+ Self.overhead
                pieces.insert(Piece(start: at, bytes: copy, length: to &- at, mark: mark), at: i)
                at = to
            }
            i &+= 1
        }
        return (again, differs)
    }
    /// Returns the index of the first piece that ends after `start`. Most segments belong at the end.
    private func index(of start: Int64) -> Int {
        guard let last = pieces.last, last.stop > start else { return pieces.endIndex }
        var (low, high) = (pieces.startIndex, pieces.endIndex)
        while low < high {
            let middle = (low &+ high) / 2
            if pieces[middle].stop > start { high = middle } else { low = middle &+ 1 }
        }
        return low
    }
}
