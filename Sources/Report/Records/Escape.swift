internal import Scenario

/// Makes text from the wire harmless for a terminal: what would move the cursor, change colours or turn the direction
/// of writing is shown as a number instead.
enum Escape {
    /// Whether a character must not stand in text for a terminal or a page: that of `Printable`.
    static func isDangerous(_ c: Unicode.Scalar) -> Bool { !Printable.isPlain(c) }
    /// `text` for a line of a terminal: dangerous characters and `\` as `\n`, `\x1b` or `\u{202e}`.
    static func line(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") }) { return text }
        return text.escaping { c in
            switch c {
            case "\n": return "\\n"
            case "\r": return "\\r"
            case "\t": return "\\t"
            case "\\": return "\\\\"
            case _ where !isDangerous(c): return nil
            default:
                let digits = String(c.value, radix: 16)
                return c.value < 0x80 ? "\\x\(digits.count < 2 ? "0" : "")\(digits)" : "\\u{\(digits)}"
            }
        }
    }
    /// True when all bytes from `start` on are ASCII and none is DEL; eight at a time, as nearly all text is.
    private static func isPlain(_ out: [UInt8], from start: Int) -> Bool {
        out.withUnsafeBytes { bytes in
            var i = start
            var found: UInt64 = 0
            while i &+ 8 <= bytes.count {
                let x = bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)
                // One more than DEL has the highest bit, whatever stands beside it: ASCII does not carry.
                found |= x | (x & 0x7f7f_7f7f_7f7f_7f7f) &+ 0x0101_0101_0101_0101
                i &+= 8
            }
            while i < bytes.count {
                if bytes[i] >= 0x7f { return false }
                i &+= 1
            }
            return found & 0x8080_8080_8080_8080 == 0
        }
    }
    /// Rewrites JSON text from `start` on so that dangerous characters, which can stand in its strings only, become
    /// `\u202e`. Means the same to every reader of JSON.
    static func json(_ out: inout [UInt8], from start: Int) {
        guard !isPlain(out, from: start) else { return }
        let text = String(decoding: out[start...], as: UTF8.self)
        out.removeSubrange(start...)
        out +=
            text.escaping { c in
                guard c.value >= 0x7f, isDangerous(c) else { return nil }
                return String(c).utf16.map { unit in
                    let digits = String(unit, radix: 16)
                    return "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)"
                }.joined()
            }.utf8
    }
}
