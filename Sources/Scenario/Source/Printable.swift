/// Text of unknown origin, fit for a terminal.
public enum Printable {
    /// Control, escape, bidirectional and invisible characters become `\u{..}`; tabs become a blank.
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
    /// False for what moves the cursor, changes how the rest is shown, or may look like something else.
    public static func isPlain(_ c: Unicode.Scalar) -> Bool {
        if c.isASCII { return c.value >= 0x20 && c.value < 0x7f }
        return switch c.properties.generalCategory {
        case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: false
        default: true
        }
    }
}
