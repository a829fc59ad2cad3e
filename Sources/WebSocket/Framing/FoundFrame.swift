import Wire

/// The frame at the front of a stream, found by its header.
enum FoundFrame {
    /// The header of the frame, and the range of its payload, which ends with the frame.
    case frame(FrameHeader, payload: Range<Int>)
    /// The number of bytes that are missing at least.
    case needMore(Int)
    case refused(WireError)

    /// Finds a frame. `limit` is the largest accepted payload in bytes.
    init(_ bytes: RawSpan, limit: Int) {
        switch FrameHeader.prefix(of: bytes) {
        case .needMore(let missing): self = .needMore(missing)
        case .refused(let error): self = .refused(error)
        case .message(let header, let start):
            let count = header.payloadCount
            guard count <= UInt64(limit) else {
                self = .refused(
                    WireError(
                        reason: .tooLong, path: header.claiming.description, offset: 2, wanted: UInt64(limit),
                        had: count))
                return
            }
            let end = start + Int(count)
            self = end > bytes.byteCount ? .needMore(end - bytes.byteCount) : .frame(header, payload: start..<end)
        }
    }
}
