import Wire

/// A search for the end of an HTTP head in bytes that arrive in parts. It inspects each byte once.
struct HeadEnd: Sendable {
    /// The number of inspected bytes.
    private var seen = 0
    /// The number of bytes in the incomplete line.
    private var line = 0

    enum Result: Equatable {
        /// The head has this length in bytes, with the empty line.
        case head(Int)
        case needMore
        /// The head is longer than the limit.
        case tooLong
        /// A line ends without CR. The value is the offset of its LF.
        case bareLF(Int)
    }
    /// Continues the search. In each call, `bytes` begin at the start of the head, with more bytes at the end.
    mutating func find(_ bytes: RawSpan, limit: Int) -> Result {
        // Fewer bytes than before belong to another head.
        if bytes.byteCount < seen { self = HeadEnd() }
        while seen < bytes.byteCount {
            if seen >= limit { return .tooLong }
            let byte = bytes.unsafeLoad(fromUncheckedByteOffset: seen, as: UInt8.self)
            seen += 1
            line += 1
            guard byte == 0x0a else { continue }
            let isWhole = line > 1 && bytes.unsafeLoad(fromUncheckedByteOffset: seen - 2, as: UInt8.self) == 0x0d
            guard isWhole else { return .bareLF(seen - 1) }
            // An empty first line ends the head at once; parsing then refuses it.
            if line == 2 { return .head(seen) }
            line = 0
        }
        return .needMore
    }
    /// Returns the length of a head in which lines may end without CR; nil if its end is not in the first `limit` bytes.
    static func lenient(_ bytes: RawSpan, limit: Int) -> Int? {
        bytes.withUnsafeBytes { all in
            var isLineEmpty = false
            for (i, byte) in all.prefix(limit).enumerated() {
                if byte == 0x0a {
                    if isLineEmpty { return i + 1 }
                    isLineEmpty = true
                } else if byte != 0x0d {
                    isLineEmpty = false
                }
            }
            return nil
        }
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
