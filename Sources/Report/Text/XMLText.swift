internal import Scenario

/// Text of unknown origin as XML 1.0 and HTML take it, between tags and in the value of an attribute in double quotes.
/// What XML cannot hold (NUL and other controls, U+FFFE), and what would turn or hide the text around it, is spelled
/// out as `\u{..}`.
enum XMLText {
    /// `keepsLines`: ends of lines stay, as between tags; readers would make blanks of them in an attribute. `isHTML`:
    /// single quotes are escaped too.
    static func escape(_ s: String, keepsLines: Bool = false, isHTML: Bool = false) -> String {
        // & < > and " mean something; all others of ASCII from the blank on do not.
        let isPlain = s.utf8.allSatisfy {
            $0 >= 0x20 && $0 < 0x7f && $0 != 0x26 && $0 != 0x3c && $0 != 0x3e && $0 != 0x22 && (!isHTML || $0 != 0x27)
        }
        guard !isPlain else { return s }
        return s.escaping { c in
            switch c {
            case "&": "&amp;"
            case "<": "&lt;"
            // Everywhere: `]]>` may not stand between tags.
            case ">": "&gt;"
            case "\"": "&quot;"
            case "'" where isHTML: "&#39;"
            case "\n" where keepsLines: nil
            case " "..."~": nil
            default: Printable.text(String(c))
            }
        }
    }
}
