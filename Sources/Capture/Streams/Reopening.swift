/// A SYN that does not fit the connection between its ends: it opens another one, or is forged, or late. What follows
/// tells.
struct Reopening {
    /// Closer than this to what comes next in the old stream, a number may be of either.
    private static let near = 1 << 20
    /// Bytes of a SYN that are kept, more than nearly all have, and of how many; those of others are missing then.
    private static let payloadLimit = 2048
    private static let payloads = 1024

    let segment: Segment
    let payload: [UInt8]
    let mark: Mark

    /// `others`: how many wait.
    init(_ segment: Segment, _ payload: RawSpan, _ mark: Mark, others: Int) {
        self.segment = segment
        self.payload =
            payload.byteCount > Self.payloadLimit || others >= Self.payloads
            ? [] : payload.withUnsafeBytes { [UInt8]($0) }
        self.mark = mark
    }
    /// The number of the first byte behind it.
    private var first: UInt32 { segment.sequence &+ 1 }

    /// True when this is the same SYN once more.
    func isRepeated(by other: Segment) -> Bool {
        other.source == segment.source && other.sequence == segment.sequence && other.flags == segment.flags
    }
    /// True when somebody goes on where it stands. `next`: what comes next in the old stream of its sender.
    func isConfirmed(by other: Segment, next: UInt32) -> Bool {
        guard !other.flags.contains(.reset) else { return false }
        let isAnswer = other.source != segment.source
        if isAnswer {
            guard other.flags.contains(.acknowledges) else { return false }
            if other.flags.contains(.syn), other.acknowledgement == first { return true }
        }
        let (number, distance) = (isAnswer ? other.acknowledgement : other.sequence, Int32(bitPattern: first &- next))
        return number &- first < Self.near && distance.magnitude > Self.near
    }
}
