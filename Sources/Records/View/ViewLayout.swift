/// The size of a terminal in columns and rows.
public struct ScreenSize: Hashable, Sendable {
    public var columns: Int
    public var rows: Int
    public init(columns: Int, rows: Int) { (self.columns, self.rows) = (columns, rows) }
}

/// The rows and columns of each pane on the screen. From the top: title, filter, list below the names of its columns,
/// tree, bytes, status. The tree and the bytes are side by side if there is room.
struct ViewLayout: Hashable, Sendable {
    /// The minimum size of the terminal.
    static let least = ScreenSize(columns: 60, rows: 14)
    /// The number of columns from which on the tree and the bytes are side by side.
    private static let wide = 150
    /// The number of columns of the bytes: offset, sixteen bytes in hexadecimal, the same bytes as text.
    static let bytesColumns = 76

    let size: ScreenSize
    let listRows: Int
    let treeRows: Int
    let bytesRows: Int
    let treeColumns: Int
    let isSideBySide: Bool

    init(_ size: ScreenSize) {
        self.size = size
        isSideBySide = size.columns >= Self.wide
        // The fixed rows: title, filter, names of columns, title of the tree, status, and the title of the bytes if
        // they are below the tree.
        let rest = max(0, size.rows - (isSideBySide ? 5 : 6))
        listRows = max(1, rest * 2 / 5)
        let below = max(2, rest - listRows)
        treeRows = isSideBySide ? below : max(1, (below + 1) * 3 / 5)
        bytesRows = isSideBySide ? below : max(1, below - treeRows)
        treeColumns = isSideBySide ? size.columns - Self.bytesColumns - 1 : size.columns
    }
    /// True if the terminal is large enough.
    var fits: Bool { size.columns >= Self.least.columns && size.rows >= Self.least.rows }
}
