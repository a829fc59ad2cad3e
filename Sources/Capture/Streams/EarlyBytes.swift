/// What came of a stream before what stands in front of it, in order and without overlaps. Rare and short-lived: an
/// object, so that a stream without it stays small.
final class EarlyBytes {
    /// Part of the stream that came early, or that is known to be missing.
    struct Piece {
        var start: Int64
        /// Empty when the bytes were cut off by the snap length.
        var bytes: [UInt8]
        /// Bytes of the stream that this stands for.
        var length: Int64
        var mark: Mark
        var stop: Int64 { start &+ length }
    }
    /// What is counted for a piece beside its bytes.
    static let overhead = 96

    private var pieces: ArraySlice<Piece> = []
    /// Bytes that it takes.
    private(set) var memory = 0
    /// The hole that the receiver says is none, and the frame that said so.
    var acknowledged: (hole: Int64, frame: Int)?
    /// When bytes before the first hole came last, or the other side still waited for the first of it: then nothing is
    /// lost in it so far.
    var lastDoubt: Timestamp?
    /// Segments of the same side that are waited for, should they bring what stands before the first one that was seen
    /// of a stream met in the middle, at 0.
    var joining: Int

    init(joining: Int = 0) { self.joining = joining }

    var isEmpty: Bool { pieces.isEmpty }
    var count: Int { pieces.count }
    var first: Piece? { pieces.first }

    func removeFirst() {
        guard let first = pieces.first else { return }
        memory &-= first.bytes.count &+ Self.overhead
        // What a slice leaves behind lives on for a while.
        pieces[pieces.startIndex].bytes = []
        pieces.removeFirst()
    }
    /// What stands right before the piece at 0 is the beginning from here on, and offsets count from there: how many
    /// bytes it is, and how many before it are forgotten, since bytes between are missing.
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
    /// Keeps those bytes that no piece holds yet, and marks what was on the wire behind them, up to `stop`, and not
    /// captured. Returns how many bytes a piece held, and whether some of them differ.
    func insert(_ bytes: RawSpan, _ start: Int64, _ stop: Int64, _ mark: Mark) -> (Int, Bool) {
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
                // Up to the next piece; captured bytes and missing ones are pieces of their own.
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
    /// The first piece that ends behind `start`. Most segments belong at the back.
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
