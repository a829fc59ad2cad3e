import Wire

/// Looks for the end of an HTTP head in bytes that come piece by piece; each byte is looked at once.
struct HeadEnd: Sendable {
    /// Bytes that were looked at.
    private var seen = 0
    /// Bytes of the line that is not over yet.
    private var line = 0

    enum Result: Equatable {
        /// The head is this long, with the empty line.
        case head(Int)
        case needMore
        /// More than the limit without an end.
        case tooLong
        /// A line that ends without CR: its LF is at this offset.
        case bareLF(Int)
    }
    /// `bytes` begin where the head does, in each call with more of them.
    mutating func find(_ bytes: RawSpan, limit: Int) -> Result {
        while seen < bytes.byteCount {
            if seen >= limit { return .tooLong }
            let byte = bytes.unsafeLoad(fromUncheckedByteOffset: seen, as: UInt8.self)
            seen += 1
            line += 1
            guard byte == 0x0a else { continue }
            let isWhole = line > 1 && bytes.unsafeLoad(fromUncheckedByteOffset: seen - 2, as: UInt8.self) == 0x0d
            guard isWhole else { return .bareLF(seen - 1) }
            // A first line that is empty is no head, and refused as one.
            if line == 2 { return .head(seen) }
            line = 0
        }
        return .needMore
    }
    /// The refusal of a head that is longer than `limit`.
    static func tooLong(_ limit: Int) -> WireError {
        WireError(reason: .tooLong, path: "headers", offset: limit, wanted: UInt64(limit), had: UInt64(limit) + 1)
    }
    /// The refusal of a line that ends without CR.
    static func bareLF(_ offset: Int) -> WireError {
        WireError(
            reason: .illegal, path: "headers", offset: offset, wanted: 0x0d, had: 0x0a,
            legal: LegalValue(wanted: "CR before LF", had: "LF alone"))
    }
}
