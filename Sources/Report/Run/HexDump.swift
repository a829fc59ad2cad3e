internal import Scenario

/// Bytes in hexadecimal with one range marked.
enum HexDump {
    /// Rows of 16 bytes around `range`, at most `rows` of them; `label` stands behind the range's first row.
    static func lines(_ bytes: [UInt8], marking range: Range<Int>?, label: String, rows: Int = 8, _ style: Style) -> [String] {
        guard !bytes.isEmpty else { return [] }
        let all = (bytes.count + 15) / 16
        let range = range.map { $0.clamped(to: 0..<bytes.count) }
        let first = range.map { max(0, $0.lowerBound / 16 - 1) } ?? 0
        let last = min(all, first + rows)
        var out: [String] = []
        for row in first..<last {
            var line = Style.padLeft(String(row * 16, radix: 16), 4).map { $0 == " " ? "0" : String($0) }.joined() + " "
            var text = ""
            for i in row * 16..<row * 16 + 16 {
                let isMarked = i < bytes.count && range?.contains(i) == true
                let starts = isMarked && (i == range?.lowerBound || i == row * 16)
                let before = i > row * 16 && i - 1 < bytes.count && range?.contains(i - 1) == true && !isMarked
                line += starts ? "[" : before ? "]" : " "
                guard i < bytes.count else {
                    line += "  "
                    continue
                }
                let b = bytes[i]
                let hex = (b < 16 ? "0" : "") + String(b, radix: 16)
                line += isMarked ? style.paint(hex, .bad) : hex
                text.append(b > 0x1f && b < 0x7f ? Character(UnicodeScalar(b)) : ".")
            }
            line += "  " + text
            if let r = range, r.lowerBound / 16 == row {
                line += style.paint("   <- \(label.isEmpty ? "" : label + " ")bytes \(r.lowerBound)..\(r.upperBound - 1)", .bad)
            }
            out.append(line)
        }
        if last < all { out.append("... \(bytes.count - last * 16) more bytes") }
        return out
    }
}
