internal import Scenario

/// A formatter of text of unknown origin for XML 1.0 and HTML, between tags and in attribute values in double quotes.
/// Characters that XML cannot contain (NUL and other controls, U+FFFE), and characters that turn or hide the text
/// around them, are shown as `\u{..}`.
package enum XMLText {
    /// Returns escaped text. `keepsLines` keeps line ends, as between tags; in an attribute, readers would convert them
    /// to spaces. `isHTML` also escapes single quotes.
    package static func escape(_ s: String, keepsLines: Bool = false, isHTML: Bool = false) -> String {
        // `&`, `<`, `>` and `"` have a meaning; all other ASCII characters from the space on do not.
        let isPlain = s.utf8.allSatisfy {
            $0 >= 0x20 && $0 < 0x7f && $0 != 0x26 && $0 != 0x3c && $0 != 0x3e && $0 != 0x22 && (!isHTML || $0 != 0x27)
        }
        guard !isPlain else { return s }
        return s.escaping { c in
            switch c {
            case "&": "&amp;"
            case "<": "&lt;"
            // `>` is always escaped, because `]]>` must not occur between tags.
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
