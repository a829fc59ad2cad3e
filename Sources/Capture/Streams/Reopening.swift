/// A SYN that does not fit the connection between its ends. It opens a new connection, or is forged, or late. The
/// segments that follow decide.
struct Reopening {
    /// The distance from the next byte of the old stream below which a sequence number may belong to either stream.
    private static let near = 1 << 20
    /// The maximum number of bytes kept of a SYN, more than nearly all SYNs have. `payloads` is the maximum number of
    /// SYNs whose bytes are kept. The bytes of other SYNs are missing later.
    private static let payloadLimit = 2048
    private static let payloads = 1024

    let segment: Segment
    let payload: [UInt8]
    let mark: Mark

    /// Creates a reopening; `others` is the number of SYNs that wait.
    init(_ segment: Segment, _ payload: RawSpan, _ mark: Mark, others: Int) {
        self.segment = segment
        self.payload =
            payload.byteCount > Self.payloadLimit || others >= Self.payloads
            ? [] : payload.withUnsafeBytes { [UInt8]($0) }
        self.mark = mark
    }
    /// The sequence number of the first byte after it.
    private var first: UInt32 { segment.sequence &+ 1 }

    /// Returns true if the segment repeats this SYN.
    func isRepeated(by other: Segment) -> Bool {
        other.source == segment.source && other.sequence == segment.sequence && other.flags == segment.flags
    }
    /// Returns true if the segment continues after this SYN. `next` is the next sequence number in the sender's old
    /// stream.
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
