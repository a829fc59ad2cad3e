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
    /// Returns true if frames of one side may fill these bytes. Each is valid by its header, and a text is UTF-8. The
    /// last one may be incomplete. `mayCompress`: it is not known if compression was agreed.
    static func fill(_ bytes: RawSpan, _ reader: MessageReader, mayCompress: Bool) -> Bool {
        var (reader, at) = (reader, 0)
        while at < bytes.byteCount {
            let rest = bytes.extracting(at...)
            guard case .message(let header, let start) = FrameHeader.prefix(of: rest) else {
                return mayBegin(rest, reader)
            }
            var judged = header
            if mayCompress, !header.opcode.isControl { judged.rsv1 = 0 }
            guard reader.fault(of: judged) == nil else { return false }
            guard header.payloadCount <= UInt64(rest.byteCount &- start) else { return true }
            let end = start &+ Int(header.payloadCount)
            if header.opcode == .text || header.opcode == .close, header.rsv1 == 0 {
                let payload = rest.extracting(start..<end)
                let plain = header.maskingKey.map { Mask.copy(payload, $0) } ?? payload.withUnsafeBytes { [UInt8]($0) }
                let isRight =
                    header.opcode == .close
                    ? ClosePayload.fault(of: plain) == nil
                    : header.fin == 0 || String(validating: plain, as: UTF8.self) != nil
                guard isRight else { return false }
            }
            reader.note(header)
            at &+= end
        }
        return true
    }
    /// Returns true if the header of a frame may begin with these bytes, which are too few for a header.
    private static func mayBegin(_ bytes: RawSpan, _ reader: MessageReader) -> Bool {
        // The bits and the opcode are in the first byte, and the mask bit is in the second.
        let front = bytes.extracting(first: 2).withUnsafeBytes { [UInt8]($0) }
        guard let first = front.first else { return true }
        let opcode = Opcode(rawValue: first & 15)
        guard first & 0x30 == 0, opcode.isKnown, opcode != .continuation else { return false }
        return front.count < 2 || (front[1] & 0x80 != 0) == (reader.sender == .client)
    }
}
