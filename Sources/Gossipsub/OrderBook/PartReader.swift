import Libp2p
import Wire

/// Takes the parts of an answer apart, from bytes that are cut anywhere.
struct PartReader: Sendable {
    private var reader = UnitReader()
    private var byteCount = 0

    /// What came of some bytes.
    struct Result: Sendable {
        /// Contents of parts that are whole, in order.
        var parts: [[UInt8]] = []
        /// The last one is among them.
        var isLast = false
        /// What came cannot be read, or is more than an answer may be.
        var isUnreadable = false
    }
    mutating func take(_ bytes: [UInt8]) -> Result {
        var result = Result()
        var at = 0
        byteCount += bytes.count
        while at < bytes.count, !result.isLast, !result.isUnreadable {
            var whole: [UInt8]?
            switch reader.next(SnapshotPart.self, bytes.span.bytes, &at, { _, unit in whole = [UInt8](unit) }) {
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
