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
        var frame: Int
        var time: Timestamp
        var stop: Int64 { start &+ length }
    }
    /// What is counted for a piece beside its bytes.
    static let overhead = 96

    private var pieces: [Piece] = []
    private var head = 0
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

    var isEmpty: Bool { head == pieces.count }
    var count: Int { pieces.count &- head }
    var first: Piece? { isEmpty ? nil : pieces[head] }

    func removeFirst() {
        guard !isEmpty else { return }
        memory &-= pieces[head].bytes.count &+ Self.overhead
        pieces[head].bytes = []
        head &+= 1
        if head == pieces.count || head >= 64 {
            pieces.removeFirst(head)
            head = 0
        }
    }
    /// What stands right before the piece at 0 is the beginning from here on, and offsets count from there: how many
    /// bytes it is, and how many before it are forgotten, since bytes between are missing.
    func join() -> (earlier: Int64, forgotten: Int) {
        joining = 0
        guard var i = pieces.firstIndex(where: { $0.start == 0 }) else { return (0, 0) }
        while i > head, pieces[i - 1].stop == pieces[i].start { i &-= 1 }
        var forgotten = 0
        for _ in head..<i {
            forgotten &+= first?.bytes.count ?? 0
            removeFirst()
        }
        let earlier = -(first?.start ?? 0)
        if earlier > 0 { for k in head..<pieces.count { pieces[k].start &+= earlier } }
        return (earlier, forgotten)
    }
    /// Keeps those bytes that no piece holds yet. Returns how many one did, and whether some of them differ.
    func insert(_ bytes: RawSpan, _ start: Int64, _ frame: Int, _ time: Timestamp) -> (Int, Bool) {
        let stop = start &+ Int64(bytes.byteCount)
        var (again, differs) = (0, false)
        var at = start
        var i = place(of: start)
        while at < stop {
            if i < pieces.count, pieces[i].start <= at {
                let to = min(stop, pieces[i].stop)
                let old = pieces[i]
                if !old.bytes.isEmpty {
                    let theirs = old.bytes.span.bytes.extracting(Int(at &- old.start)..<Int(to &- old.start))
                    let ours = bytes.extracting(Int(at &- start)..<Int(to &- start))
                    again &+= ours.byteCount
                    if !ours.same(as: theirs) { differs = true }
                }
                at = to
                i &+= 1
            } else {
                let to = i < pieces.count ? min(stop, pieces[i].start) : stop
                let copy = bytes.extracting(Int(at &- start)..<Int(to &- start)).withUnsafeBytes { [UInt8]($0) }
                memory &+= copy.count &+ Self.overhead
                pieces.insert(Piece(start: at, bytes: copy, length: to &- at, frame: frame, time: time), at: i)
                at = to
                i &+= 1
            }
        }
        return (again, differs)
    }
    /// Marks what was on the wire and not captured, where no piece stands.
    func insertMissing(_ start: Int64, _ stop: Int64, _ frame: Int, _ time: Timestamp) {
        var at = start
        var i = place(of: start)
        while at < stop {
            if i < pieces.count, pieces[i].start <= at {
                at = max(at, pieces[i].stop)
            } else {
                let to = i < pieces.count ? min(stop, pieces[i].start) : stop
                memory &+= Self.overhead
                pieces.insert(Piece(start: at, bytes: [], length: to &- at, frame: frame, time: time), at: i)
                at = to
            }
            i &+= 1
        }
    }
    /// The first piece that ends behind `start`. Most segments belong at the back.
    private func place(of start: Int64) -> Int {
        guard let last = pieces.last, last.stop > start else { return pieces.count }
        var (low, high) = (head, pieces.count)
        while low < high {
            let middle = (low &+ high) / 2
            if pieces[middle].stop > start { high = middle } else { low = middle &+ 1 }
        }
        return low
    }
}
