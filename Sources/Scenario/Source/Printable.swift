/// A conversion of untrusted text into text that is safe for a terminal.
public enum Printable {
    /// Returns the text with control, escape, bidirectional and invisible characters as `\u{..}` and tabs as blanks.
    public static func text(_ s: String) -> String {
        if s.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return s }
        guard s.unicodeScalars.contains(where: { !isPlain($0) }) else { return s }
        var out = ""
        for c in s.unicodeScalars {
            if c == "\t" {
                out += " "
            } else if isPlain(c) {
                out.unicodeScalars.append(c)
            } else {
                out += "\\u{" + String(c.value, radix: 16) + "}"
            }
        }
        return out
    }
    /// Returns false for a character that moves the cursor, changes how the following text is shown, or may look like
    /// another one.
    public static func isPlain(_ c: Unicode.Scalar) -> Bool {
        if c.isASCII { return c.value >= 0x20 && c.value < 0x7f }
        return switch c.properties.generalCategory {
        case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: false
        default: true
        }
    }
}
