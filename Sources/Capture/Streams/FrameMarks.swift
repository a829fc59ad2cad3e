/// Where bytes came from.
struct Mark {
    var frame: Int
    var time: Timestamp
}

/// Where the frames end, in a stream, that brought the bytes which wait in it.
struct FrameMarks {
    private var marks: [(end: Int64, mark: Mark)] = []

    /// What is known of some bytes.
    struct Origin {
        /// The time of the latest of their frames.
        var time: Timestamp
        /// The first and the last of those.
        var first: Int
        var last: Int
        /// How many marks are theirs, and how many of these are used up with them.
        fileprivate var count = 0
        fileprivate var passed = 0

        /// That of bytes which one frame brought.
        init(_ mark: Mark) { (time, first, last) = (mark.time, mark.frame, mark.frame) }
    }

    var isEmpty: Bool { marks.isEmpty }
    /// Calls `body` for the bytes of each frame from an offset of the stream on, with how many they are.
    func forEach(from offset: Int64, _ body: (Int, Mark) -> Void) {
        var begin = offset
        for (end, mark) in marks where end >= begin {
            body(Int(end &- begin), mark)
            begin = end
        }
    }
    /// Bytes of memory.
    var memory: Int { marks.capacity &* 32 }

    /// The bytes from where the last frame ends to `end` came in this one.
    mutating func add(_ end: Int64, _ mark: Mark) {
        if marks.count >= FrameNumbers.limit {
            marks[marks.count - 1] = (end, mark)
        } else {
            marks.append((end, mark))
        }
    }
    /// Where the next bytes up to `end` came from; nil when that is not known.
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
    /// All frames of it, before it is used up.
    func frames(_ origin: Origin) -> FrameNumbers {
        // Nearly all messages come in one or two packets.
        if origin.count <= 2 { return FrameNumbers(origin.first, origin.last) }
        return FrameNumbers(marks[..<origin.count].map(\.mark.frame)) ?? FrameNumbers(origin.first)
    }
    /// Its bytes wait no longer.
    @inline(__always)
    mutating func use(_ origin: Origin) { if origin.passed > 0 { remove(origin.passed) } }
    private mutating func remove(_ count: Int) {
        // The quick way to remove all, which is what nearly always is to be done.
        if count == marks.count { marks.removeLast(count) } else { marks.removeFirst(count) }
    }
    /// None of the bytes waits any longer.
    mutating func removeAll(keepingCapacity: Bool = false) { marks.removeAll(keepingCapacity: keepingCapacity) }
}
