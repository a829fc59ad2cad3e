/// The help screen with the keys of a view.
enum ViewHelp {
    private static let keys: [(String, String)] = [
        ("up down j k", "the row above or below; page up, page down by pages"),
        ("home g  end G", "the first row, the last one; at the end of a list it stays while messages come"),
        ("left right", "list: as < and >; tree: fold, unfold; bytes: to the byte before or behind"),
        ("< >", "list, tree: what is further to the left, to the right"),
        ("tab", "to the next pane; shift and tab: to the one before; enter: from the list to the tree"),
        ("enter space", "tree: fold or unfold what is in a field"),
        ("/", "edit the filter: enter takes it, escape leaves the old one, empty is none"),
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
        head.put(" Keys, any closes this", .of(.strong))
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
