internal import Wire

/// A formatter of bytes in hexadecimal with one marked range.
package enum HexDump {
    /// Returns at most `rows` rows of 16 bytes around `range`. `label` follows the first row of the range. A `*`
    /// replaces rows that equal the previous one. The range may be empty, or lie beyond the bytes.
    package static func lines(
        _ bytes: [UInt8], marking range: Range<Int>?, label: String, rows: Int = 8, _ style: Style
    ) -> [String] {
        guard !bytes.isEmpty else { return [] }
        let all = (bytes.count + 15) / 16
        let range = range.map { $0.clamped(to: 0..<bytes.count) }
        /// The row with the label.
        let labelled = range.map { min($0.lowerBound, bytes.count - 1) / 16 }
        var row = max(0, (labelled ?? 0) - 1)
        var out: [String] = []
        var previous: ArraySlice<UInt8>?
        var isRepeating = false
        while row < all, out.count < rows {
            let part = bytes[row * 16..<min(bytes.count, row * 16 + 16)]
            let isPlain = range.map { $0.isEmpty ? labelled != row : !$0.overlaps(part.indices) } ?? true
            defer { row += 1 }
            // The last row is always shown, because it shows where the bytes end.
            if isPlain, let p = previous, p.elementsEqual(part), row + 1 < all {
                if !isRepeating { out.append("*") }
                isRepeating = true
                continue
            }
            isRepeating = false
            previous = isPlain ? part : nil
            var line = Self.row(row * 16, part, marking: range ?? 0..<0, style)
            if let range, labelled == row {
                let location =
                    range.isEmpty
                    ? "at byte \(range.lowerBound)" : "bytes \(range.lowerBound)..\(range.upperBound - 1)"
                let name = style.safe(label)
                line += style.paint("   <- \(name.isEmpty ? "" : name + " ")\(location)", .bad)
            }
            out.append(line)
        }
        if row < all { out.append("\(style.ellipsis) \(bytes.count - row * 16) more bytes") }
        return out
    }
    /// Returns a row such as `0010  00 00[5b 02]...` with up to 16 bytes. `offset` is the position at which `part`
    /// begins. Marked bytes are in brackets, and the offset may have a colour.
    package static func row(
        _ offset: Int, _ part: ArraySlice<UInt8>, marking range: Range<Int> = 0..<0, tone: Style.Tone? = nil,
        _ style: Style
    ) -> String {
        let digits = String(offset, radix: 16)
        let address = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        var line = (tone.map { style.paint(address, $0) } ?? address) + " "
        var text = ""
        for i in offset..<offset + 16 {
            let isMarked = part.indices.contains(i) && range.contains(i)
            let wasMarked = i > offset && range.contains(i - 1)
            line += isMarked && !wasMarked ? "[" : wasMarked && !isMarked ? "]" : " "
            guard part.indices.contains(i) else {
                line += "  "
                continue
            }
            let hex = [part[i]].hex
            line += isMarked ? style.paint(hex, .bad) : hex
            text.append(part[i] > 0x1f && part[i] < 0x7f ? Character(UnicodeScalar(part[i])) : ".")
        }
        return line + (range.contains(offset + 15) && part.count == 16 ? "] " : "  ") + text
    }
}
