/// A writer of YAML scalars in double quotes, which can hold any text.
public enum QuotedScalar {
    /// Returns whether a character is written without an escape: YAML allows it, and it is visible.
    static func isPlain(_ c: Unicode.Scalar) -> Bool {
        switch c.value {
        // Invisible characters, and characters that change the direction of the text.
        case 0xad, 0x61c, 0x200b...0x200f, 0x202a...0x202e, 0x2060...0x206f, 0xe0000...0xe0fff: false
        case 0x20...0x7e, 0xa0...0x2027, 0x202a...0xd7ff, 0xe000...0xfefe, 0xff00...0xfffd, 0x10000...0x10ffff: true
        default: false
        }
    }
    /// Returns the text as a scalar that YAML reads back unchanged.
    public static func text(_ s: String) -> String {
        var out = "\""
        for c in s.unicodeScalars {
            switch c {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            case _ where isPlain(c): out.unicodeScalars.append(c)
            default:
                let digits = String(c.value, radix: 16)
                out += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            }
        }
        return out + "\""
    }
}
