/// Rows and columns of a terminal.
public struct ScreenSize: Hashable, Sendable {
    public var columns: Int
    public var rows: Int
    public init(columns: Int, rows: Int) { (self.columns, self.rows) = (columns, rows) }
}

/// How many rows and columns of the screen each pane has. From the top: title, filter, list below the names of its
/// columns, tree, bytes, status; tree and bytes side by side where there is room.
struct ViewLayout: Hashable, Sendable {
    /// No view fits into less.
    static let least = ScreenSize(columns: 60, rows: 14)
    /// Columns from which on tree and bytes stand side by side.
    private static let wide = 150
    /// Columns of the bytes: offset, sixteen bytes in hexadecimal, the same as text.
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
        // Title, filter, names of columns, title of the tree, status; of the bytes the title where they stand below.
        let rest = max(0, size.rows - (isSideBySide ? 5 : 6))
        listRows = max(1, rest * 2 / 5)
        let below = max(2, rest - listRows)
        treeRows = isSideBySide ? below : max(1, (below + 1) * 3 / 5)
        bytesRows = isSideBySide ? below : max(1, below - treeRows)
        treeColumns = isSideBySide ? size.columns - Self.bytesColumns - 1 : size.columns
    }
    /// The terminal is large enough.
    var fits: Bool { size.columns >= Self.least.columns && size.rows >= Self.least.rows }
}
