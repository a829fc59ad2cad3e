/// Payload that was not acknowledged yet, and when it was seen. Memory for it is kept, so that a segment allocates
/// nothing.
struct SegmentsUnderWay {
    /// Beyond these no round trip is measured.
    static let limit = 256

    private var segments: [(end: UInt32, time: Timestamp)] = []
    /// Those before are acknowledged.
    private var first = 0

    /// New payload that ends before this sequence number.
    @inline(__always)
    mutating func add(_ end: UInt32, _ time: Timestamp) {
        if segments.count &- first >= Self.limit { return }
        if segments.count >= 2 &* Self.limit { removeAcknowledged() }
        segments.append((end, time))
    }
    /// The other side has received everything before a number. The nanoseconds since what ends there was seen, if
    /// something does.
    @inline(__always)
    mutating func acknowledge(_ number: UInt32, _ now: Timestamp) -> Int? {
        guard first < segments.count else { return nil }
        var found: Int?
        while first < segments.count, Int32(bitPattern: number &- segments[first].end) >= 0 {
            if segments[first].end == number { found = Int(now.passed(since: segments[first].time)) }
            first &+= 1
        }
        if first == segments.count { removeAcknowledged() }
        // Clocks may be set back.
        return found.flatMap { $0 >= 0 ? $0 : nil }
    }
    /// Something from this number on was sent again: when its acknowledgement comes says nothing any more, nor does that
    /// of what stands behind it.
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
