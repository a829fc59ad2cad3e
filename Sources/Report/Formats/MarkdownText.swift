internal import Scenario

/// A formatter of text of unknown origin for Markdown on GitHub and GitLab.
enum MarkdownText {
    /// Returns text for a paragraph. All characters that could begin markup, HTML, a link or a table cell become
    /// character references. A comment prevents mentions and issue numbers from becoming links.
    static func inline(_ s: String) -> String {
        let all = Array(Printable.text(s).unicodeScalars)
        var out = ""
        for (i, c) in all.enumerated() {
            switch c {
            case "a"..."z", "A"..."Z", "0"..."9", " ", ",", "/", "-", "(", ")", ";", "'": out.unicodeScalars.append(c)
            // `www.` and `http://` make links.
            case "." where i == 0 || all[i - 1] != "w" && all[i - 1] != "W": out += "."
            case ":" where i + 1 < all.count && all[i + 1] != "/": out += ":"
            case "@", "#": out += "&#\(c.value);<!-- -->"
            case _ where c.isASCII: out += "&#\(c.value);"
            default: out.unicodeScalars.append(c)
            }
        }
        return out
    }
    /// Returns lines between fences that are longer than any run of backticks in them. Line ends within a line are
    /// escaped.
    static func block(_ lines: [String], _ language: String = "text") -> String {
        let longest = lines.flatMap { $0.utf8.split { $0 != 0x60 } }.map(\.count).max() ?? 0
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return fence + language + "\n" + lines.map { Printable.text($0) + "\n" }.joined() + fence + "\n"
    }
}
