internal import Scenario

/// Text of unknown origin as XML 1.0 and HTML take it, in two places: between tags, and in the value of an attribute.
/// What XML cannot hold (NUL and other controls, U+FFFE), and what would turn or hide the text around it, is spelled
/// out as `\u{..}`.
enum XMLText {
    /// Text for both places, where ends of lines are spelled out.
    static func escape(_ s: String) -> String {
        var out: [UInt8] = []
        attribute(s, to: &out)
        return String(decoding: out, as: UTF8.self)
    }
    /// Content of an element. Ends of lines stay.
    static func text(_ s: String, to out: inout [UInt8]) { write(s, keepsLines: true, to: &out) }
    /// Value of an attribute in double quotes. Ends of lines, which readers would make blanks of, are spelled out.
    static func attribute(_ s: String, to out: inout [UInt8]) { write(s, keepsLines: false, to: &out) }
    /// ` name="value"`
    static func attribute(_ name: StaticString, _ value: String, to out: inout [UInt8]) {
        out.append(0x20)
        name.withUTF8Buffer { out += $0 }
        out.append(0x3d)
        out.append(0x22)
        attribute(value, to: &out)
        out.append(0x22)
    }

    @inline(__always)
    private static func isPlain(_ c: UInt8) -> Bool {
        // & < > and " mean something; all others of ASCII from the blank on do not.
        c >= 0x20 && c < 0x7f && c != 0x26 && c != 0x3c && c != 0x3e && c != 0x22
    }
    private static func write(_ s: String, keepsLines: Bool, to out: inout [UInt8]) {
        var s = s
        let isDone = s.withUTF8 { p in
            guard p.allSatisfy({ isPlain($0) }) else { return false }
            out += p
            return true
        }
        guard !isDone else { return }
        for c in s.unicodeScalars {
            switch c {
            case "&": out += "&amp;".utf8
            case "<": out += "&lt;".utf8
            // Everywhere: `]]>` may not stand between tags.
            case ">": out += "&gt;".utf8
            case "\"": out += "&quot;".utf8
            case "\n" where keepsLines: out.append(0x0a)
            case " "..."~": out.append(UInt8(truncatingIfNeeded: c.value))
            default: out += Printable.text(String(c)).utf8
            }
        }
    }
}
