internal import Text

/// The help screen with the keys of a view.
enum ViewHelp {
    private static let keys: [(String, String)] = [
        ("up down j k", "the row above or below; page up, page down by pages"),
        ("home g  end G", "the first row, the last row; at the end, the list follows new messages"),
        ("left right", "list: like < and >; tree: fold, unfold; bytes: the previous or next byte"),
        ("< >", "list, tree: scroll to the left, to the right"),
        ("tab", "next pane; shift and tab: previous pane; enter: from the list to the tree"),
        ("enter space", "tree: fold or unfold the content of a field"),
        ("/", "edit the filter: enter applies it, escape keeps the old one, empty removes it"),
        ("n N", "the next, the previous message that is malformed or has a warning or violation"),
        ("f", "follow the conversation or a peer of the message"),
        ("F escape", "all messages again"),
        ("ctrl-L", "draw the screen again"),
        ("?", "this help; any key closes it"),
        ("q ctrl-C", "quit"),
    ]
    /// Returns the lines of the whole screen.
    static func lines(_ size: ScreenSize, _ style: Style) -> [ScreenLine] {
        var head = ScreenLine(size.columns)
        head.put(" Keys; any key closes this", .of(.strong))
        head.markAll()
        var lines = [head]
        for (key, what) in keys {
            for (i, text) in style.wrap(what, "", max(20, size.columns - 17)).enumerated() {
                var line = ScreenLine(size.columns)
                line.put(i == 0 ? " " + key : "", .of(.strong))
                line.pad(to: 16)
                line.put(text)
                lines.append(line)
            }
        }
        return Array((lines + Array(repeating: ScreenLine(size.columns), count: size.rows)).prefix(size.rows))
    }
}
