/// The origin of bytes.
struct Mark {
    var frame: Int
    var time: Timestamp
}

/// The offsets in a stream at which the frames end whose bytes wait in it.
struct FrameMarks {
    private var marks: [(end: Int64, mark: Mark)] = []

    /// The origin of some bytes, which may be in several frames.
    struct Origin {
        /// The latest time of their frames.
        var time: Timestamp
        /// The first of their frames. `last` is the last one.
        var first: Int
        var last: Int
        /// The number of their marks, and the number of marks that these bytes use up.
        fileprivate var count = 0
        fileprivate var passed = 0

        /// Creates the origin of bytes from one frame.
        init(_ mark: Mark) { (time, first, last) = (mark.time, mark.frame, mark.frame) }
    }

    var isEmpty: Bool { marks.isEmpty }
    /// Calls `body` with the number of bytes of each frame, from an offset of the stream on.
    func forEach(from offset: Int64, _ body: (Int, Mark) -> Void) {
        var begin = offset
        for (end, mark) in marks where end >= begin {
            body(Int(end &- begin), mark)
            begin = end
        }
    }
    /// The number of bytes of memory.
    var memory: Int { marks.capacity &* 32 }

    /// Notes that the bytes from the end of the last frame to `end` arrived in this frame.
    mutating func add(_ end: Int64, _ mark: Mark) {
        if marks.count >= FrameNumbers.limit {
            marks[marks.count - 1] = (end, mark)
        } else {
            marks.append((end, mark))
        }
    }
    /// Returns the origin of the next bytes up to `end`; nil if it is not known.
    func origin(to end: Int64) -> Origin? {
        guard let first = marks.first else { return nil }
        var out = Origin(first.mark)
        for i in marks.indices {
            let (stop, mark) = marks[i]
            out.first = min(out.first, mark.frame)
            out.last = max(out.last, mark.frame)
            out.time = max(out.time, mark.time)
            out.count &+= 1
            if stop <= end { out.passed &+= 1 }
            if stop >= end { break }
        }
        return out
    }
    /// Returns all frames of an origin, before it is used up.
    func frames(_ origin: Origin) -> FrameNumbers {
        // Nearly all messages arrive in one or two packets.
        if origin.count <= 2 { return FrameNumbers(origin.first, origin.last) }
        return FrameNumbers(marks[..<origin.count].map(\.mark.frame)) ?? FrameNumbers(origin.first)
    }
    /// Removes the marks of bytes that no longer wait.
    @inline(__always)
    mutating func use(_ origin: Origin) { if origin.passed > 0 { remove(origin.passed) } }
    private mutating func remove(_ count: Int) {
        // This is the fast way to remove all marks, which is nearly always the case.
        if count == marks.count { marks.removeLast(count) } else { marks.removeFirst(count) }
    }
    /// Removes all marks.
    mutating func removeAll(keepingCapacity: Bool = false) { marks.removeAll(keepingCapacity: keepingCapacity) }
}
