internal import Scenario

/// A converter of text from the wire to a form that is safe for a terminal. Characters that move the cursor, change
/// colours or change the direction of writing are shown as numbers.
package enum Escape {
    /// Returns whether a character must not occur in text for a terminal or a page, according to `Printable`.
    static func isDangerous(_ c: Unicode.Scalar) -> Bool { !Printable.isPlain(c) }
    /// Returns text for a line of a terminal. Dangerous characters and `\` are shown as `\n`, `\x1b` or `\u{202e}`.
    package static func line(_ text: String) -> String {
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
    /// Returns true if all bytes from `start` on are ASCII without DEL. It tests eight bytes at a time, because nearly
    /// all text is plain.
    private static func isPlain(_ out: [UInt8], from start: Int) -> Bool {
        out.withUnsafeBytes { bytes in
            var i = start
            var found: UInt64 = 0
            while i &+ 8 <= bytes.count {
                let x = bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)
                // DEL plus one has the highest bit, regardless of its neighbours: ASCII does not carry.
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
    /// Rewrites JSON text from `start` on. Dangerous characters, which can occur only in its strings, become escapes
    /// such as `\u202e`. The meaning of the JSON does not change.
    package static func json(_ out: inout [UInt8], from start: Int) {
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
