/// Bytes in hexadecimal with one range marked.
enum HexDump {
    /// Rows of 16 bytes around `range`, at most `rows` of them; `label` stands behind the range's first row. A `*`
    /// stands for rows that are like the one before. The range may be empty, or lie beyond the bytes.
    static func lines(
        _ bytes: [UInt8], marking range: Range<Int>?, label: String, rows: Int = 8, _ style: Style
    ) -> [String] {
        guard !bytes.isEmpty else { return [] }
        let all = (bytes.count + 15) / 16
        let range = range.map { $0.clamped(to: 0..<bytes.count) }
        /// The row that the label stands in.
        let labelled = range.map { min($0.lowerBound, bytes.count - 1) / 16 }
        var row = max(0, (labelled ?? 0) - 1)
        var out: [String] = []
        var previous: ArraySlice<UInt8>?
        var isRepeating = false
        while row < all, out.count < rows {
            let part = bytes[row * 16..<min(bytes.count, row * 16 + 16)]
            let isPlain = range.map { $0.isEmpty ? labelled != row : !$0.overlaps(part.indices) } ?? true
            defer { row += 1 }
            // The last row is always there: it shows where the bytes end.
            if isPlain, let p = previous, p.elementsEqual(part), row + 1 < all {
                if !isRepeating { out.append("*") }
                isRepeating = true
                continue
            }
            isRepeating = false
            previous = isPlain ? part : nil
            var line = text(row, part, range ?? 0..<0, style)
            if let range, labelled == row {
                let place =
                    range.isEmpty
                    ? "at byte \(range.lowerBound)" : "bytes \(range.lowerBound)..\(range.upperBound - 1)"
                let name = style.safe(label)
                line += style.paint("   <- \(name.isEmpty ? "" : name + " ")\(place)", .bad)
            }
            out.append(line)
        }
        if row < all { out.append("\(style.ellipsis) \(bytes.count - row * 16) more bytes") }
        return out
    }
    /// `0010  00 00[5b 02]...`, the marked bytes in brackets.
    static func text(_ row: Int, _ part: ArraySlice<UInt8>, _ range: Range<Int>, _ style: Style) -> String {
        let address = String(row * 16, radix: 16)
        var line = String(repeating: "0", count: max(0, 4 - address.count)) + address + " "
        var text = ""
        for i in row * 16..<row * 16 + 16 {
            let isMarked = part.indices.contains(i) && range.contains(i)
            let wasMarked = i > row * 16 && range.contains(i - 1)
            line += isMarked && !wasMarked ? "[" : wasMarked && !isMarked ? "]" : " "
            guard part.indices.contains(i) else {
                line += "  "
                continue
            }
            let b = part[i]
            let hex = (b < 16 ? "0" : "") + String(b, radix: 16)
            line += isMarked ? style.paint(hex, .bad) : hex
            text.append(b > 0x1f && b < 0x7f ? Character(UnicodeScalar(b)) : ".")
        }
        return line + (range.contains(row * 16 + 15) && part.count == 16 ? "] " : "  ") + text
    }
}
