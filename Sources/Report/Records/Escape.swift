internal import Scenario

/// Makes text from the wire harmless for a terminal: what would move the cursor, change colours or turn the direction
/// of writing is shown as a number instead.
enum Escape {
    /// Whether a character must not stand in text for a terminal or a page: that of `Printable`.
    static func isDangerous(_ c: Unicode.Scalar) -> Bool { !Printable.isPlain(c) }
    /// Appends `text` for a line of a terminal: dangerous characters and `\` as `\n`, `\x1b` or `\u{202e}`.
    static func line(_ text: String, to out: inout [UInt8]) {
        for c in text.unicodeScalars {
            switch c {
            case "\n": out += "\\n".utf8
            case "\r": out += "\\r".utf8
            case "\t": out += "\\t".utf8
            case "\\": out += "\\\\".utf8
            case _ where !isDangerous(c): out += String(c).utf8
            default:
                let digits = String(c.value, radix: 16)
                out += (c.value < 0x80 ? "\\x\(digits.count < 2 ? "0" : "")\(digits)" : "\\u{\(digits)}").utf8
            }
        }
    }
    static func line(_ text: String) -> String {
        var out: [UInt8] = []
        line(text, to: &out)
        return String(decoding: out, as: UTF8.self)
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
        for c in text.unicodeScalars {
            guard c.value >= 0x7f, isDangerous(c) else {
                out += String(c).utf8
                continue
            }
            for unit in String(c).utf16 {
                let digits = String(unit, radix: 16)
                out += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
            }
        }
    }
}
