/// The segments with unacknowledged payload, and the times of their capture. Their memory is kept, so that a segment
/// allocates nothing.
struct SegmentsUnderWay {
    /// The maximum number of segments. No round trip is measured for further ones.
    static let limit = 256

    private var segments: [(end: UInt32, time: Timestamp)] = []
    /// The index of the first segment that is not acknowledged.
    private var first = 0

    /// Adds new payload that ends before this sequence number.
    @inline(__always)
    mutating func add(_ end: UInt32, _ time: Timestamp) {
        if segments.count &- first >= Self.limit { return }
        if segments.count >= 2 &* Self.limit { removeAcknowledged() }
        segments.append((end, time))
    }
    /// Notes that the other side has received everything before a number. Returns the nanoseconds since the segment
    /// that ends there was seen, if there is one.
    @inline(__always)
    mutating func acknowledge(_ number: UInt32, _ now: Timestamp) -> Int? {
        guard first < segments.count else { return nil }
        var found: Int?
        while first < segments.count, Int32(bitPattern: number &- segments[first].end) >= 0 {
            if segments[first].end == number { found = Int(now.passed(since: segments[first].time)) }
            first &+= 1
        }
        if first == segments.count { removeAcknowledged() }
        // A clock may have been set back.
        return found.flatMap { $0 >= 0 ? $0 : nil }
    }
    /// Removes the segments that end after this number, because bytes were sent again. The time of their
    /// acknowledgement no longer measures a round trip.
    mutating func doubt(from number: UInt32) {
        while first < segments.count, let last = segments.last, Int32(bitPattern: last.end &- number) > 0 {
            segments.removeLast()
        }
    }
    private mutating func removeAcknowledged() {
        if first == segments.count {
            segments.removeAll(keepingCapacity: true)
        } else {
            segments.removeFirst(first)
        }
        first = 0
    }
}
