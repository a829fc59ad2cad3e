internal import Scenario
package import Wire

/// A formatter of text for a page. Regardless of its content it remains text: markup is escaped, and characters that
/// are invisible or change the direction of writing are shown as numbers.
package enum PageText {
    /// Returns text for use between tags or in a quoted attribute.
    package static func html(_ s: String) -> String { XMLText.escape(s, isHTML: true) }
    /// Appends JSON within a `<script>`. Without `<`, no tag and no comment can begin or end in it. Its texts are
    /// escaped where they would change the direction of text or be invisible.
    package static func json(_ value: Value, to out: inout [UInt8]) {
        var text: [UInt8] = []
        JSONText.write(value, to: &text)
        guard text.contains(UInt8(ascii: "<")) else { return out += text }
        for c in text {
            if c == UInt8(ascii: "<") { out += "\\u003c".utf8 } else { out.append(c) }
        }
    }
    /// Returns at most `n` characters; a longer text keeps both of its ends.
    package static func short(_ s: String, _ n: Int) -> String {
        guard s.utf8.count > n, s.count > n else { return s }
        return s.prefix(n / 2) + "…" + s.suffix(n / 2 - 1)
    }
    /// Returns text between tags that may be broken only after separators such as `_` and `.`.
    package static func breakable(_ s: String) -> String {
        var out = ""
        for c in Printable.text(s) {
            out += html(String(c))
            if "._/-[:,".contains(c) { out += "<wbr>" }
        }
        return out
    }
}
