import Node
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
    /// Returns what the header of an incomplete frame announces; nil if the header is incomplete too.
    static func announced(by bytes: RawSpan) -> Announcement? {
        guard case .message(let header, let start) = FrameHeader.prefix(of: bytes) else { return nil }
        // A payload may have at most 2^63 - 1 bytes.
        let (length, over) = Int(clamping: header.payloadCount).addingReportingOverflow(start)
        return Announcement(Frame.self, length: over ? .max : length)
    }
    /// Returns true if the first frame of a side may begin with these bytes. It judges only the bytes that are there.
    static func mayBegin(_ bytes: RawSpan, _ reader: MessageReader) -> Bool {
        switch FrameHeader.prefix(of: bytes) {
        case .message(let header, _): return reader.fault(of: header) == nil
        case .refused: return false
        case .needMore:
            // The bits and the opcode are in the first byte, and the mask bit is in the second.
            let front = bytes.extracting(first: 2).withUnsafeBytes { [UInt8]($0) }
            guard let first = front.first else { return true }
            let opcode = Opcode(rawValue: first & 15)
            guard first & 0x30 == 0, opcode.isKnown, opcode != .continuation else { return false }
            return front.count < 2 || (front[1] & 0x80 != 0) == (reader.sender == .client)
        }
    }
}
