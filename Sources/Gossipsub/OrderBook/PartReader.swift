import Libp2p
import Wire

/// A reader that splits an answer into parts, from chunks of any size.
struct PartReader: Sendable {
    private var reader = UnitReader()
    private var byteCount = 0

    /// The result of reading some bytes.
    struct Result: Sendable {
        /// The contents of complete parts, in order.
        var parts: [[UInt8]] = []
        /// True if the last part is among them.
        var isLast = false
        /// True if the bytes cannot be decoded, or if the answer exceeds `SnapshotPart.answerLimit`.
        var isUnreadable = false
    }
    mutating func take(_ bytes: [UInt8]) -> Result {
        var result = Result()
        var at = 0
        byteCount += bytes.count
        while at < bytes.count, !result.isLast, !result.isUnreadable {
            var whole: [UInt8]?
            switch reader.next(SnapshotPart.self, in: bytes.span.bytes, at: &at, { _, unit in whole = [UInt8](unit) }) {
            case .needMore: break
            case .refused: result.isUnreadable = true
            case .unit:
                guard let whole, let part = try? SnapshotPart(copying: whole) else {
                    result.isUnreadable = true
                    break
                }
                var content = whole[...]
                _ = Varint.take(&content)
                result.parts.append(Array(content))
                result.isLast = part.part.last == true
            }
        }
        if byteCount > SnapshotPart.answerLimit { result.isUnreadable = true }
        return result
    }
}
