internal import Scenario
internal import Wire

/// Text on its way into a page. Whatever it says, it stays text: what browsers take for markup is escaped, and what
/// would be invisible or turn the direction of writing is shown as a number.
enum PageText {
    /// Text between tags or in a quoted attribute.
    static func html(_ s: String) -> String { XMLText.escape(s, isHTML: true) }
    /// JSON within a `<script>`: without `<`, no tag and no comment can begin or end in it. Its texts are
    /// escaped where they would change the direction of text or be invisible.
    static func json(_ value: Value, to out: inout [UInt8]) {
        var text: [UInt8] = []
        JSONText.write(value, to: &text)
        guard text.contains(UInt8(ascii: "<")) else { return out += text }
        for c in text {
            if c == UInt8(ascii: "<") { out += "\\u003c".utf8 } else { out.append(c) }
        }
    }
    /// At most `n` characters: both ends where it has more.
    static func short(_ s: String, _ n: Int) -> String {
        guard s.utf8.count > n, s.count > n else { return s }
        return s.prefix(n / 2) + "…" + s.suffix(n / 2 - 1)
    }
    /// Text between tags that may be broken behind what stands between words, such as `_` and `.`, and nowhere within one.
    static func breakable(_ s: String) -> String {
        var out = ""
        for c in Printable.text(s) {
            out += html(String(c))
            if "._/-[:,".contains(c) { out += "<wbr>" }
        }
        return out
    }
    /// A folder as a link from a page; both as the command line names them.
    static func folder(_ path: String, from page: String) -> String {
        let way = RelativePath.from(folderOf: page, to: path)
        return link((way.hasPrefix("/") ? way : "./" + way) + "/")
    }
    /// A path as a link.
    static func link(_ path: String) -> String { FileURI.escape(path, uppercase: false) }
}
