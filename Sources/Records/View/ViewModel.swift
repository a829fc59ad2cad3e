public import Capture
public import Node
internal import Wire

/// The state of a view of a capture: its messages, the filter, the selection, and the tree and bytes of one message. It
/// does not depend on a terminal, a file or a clock. Messages are added with `add`. The filter is applied to them by
/// `work` in steps, so that keys are handled in between.
public struct ViewModel {
    /// A part of the screen that accepts keys.
    public enum Pane: CaseIterable, Sendable {
        case list
        case tree
        case bytes
    }
    /// The source of the messages.
    public enum Feed: Sendable {
        /// A file that is still being read.
        case reading
        /// A live capture.
        case live
        /// A file that was read completely.
        case ended
    }
    /// The form of messages, and the number of messages that are kept.
    public struct Options: Sendable {
        /// The names of the files, or of the device.
        public var title = ""
        public var names = AddressNames()
        public var time = RecordTime.relative
        /// The maximum number of message bytes that are kept.
        public var memory = 512 << 20
        /// True if the oldest messages are dropped beyond this limit; otherwise newer ones are rejected.
        public var keepsNewest = false
        public init() {}
    }
    private static let shiftLimit = 4000
    public let options: Options
    let definitions: [Definition]
    private(set) var store: MessageStore
    private(set) var choices: FollowChoices
    /// The numbers, in the store, of the messages that are shown.
    private(set) var shown = RowQueue<Int>()
    /// The number of the first message that the filter has not been applied to yet.
    private var examined = 0
    public private(set) var filter: Filter?

    /// The number, in the store, of the selected message. If it is not shown, the next shown message is selected, or
    /// the last one. `Int.max` selects the last message even when more arrive.
    private(set) var anchor = 0
    /// The number, in `shown`, of the first row of the list.
    private(set) var listTop = 0
    /// The number of characters of the message contents, and of the rows of the tree, that are scrolled out to the
    /// left.
    private(set) var listShift = 0
    private(set) var treeShift = 0
    private(set) var tree: ViewTree?
    private var treeOf: Int?
    /// The keys of the rows that are folded.
    private var folded: Set<String> = []
    private var trees: RecordTrees
    /// The selected row and the first row on the screen, as indices of the shown rows of the tree.
    private(set) var treeRow = 0
    private(set) var treeTop = 0
    /// The byte at the cursor, and the first row of bytes.
    private(set) var byte = 0
    private(set) var bytesTop = 0
    public private(set) var pane = Pane.list
    private(set) var layout = ViewLayout(ScreenSize(columns: 80, rows: 24))

    /// The text field of the filter while the user edits it.
    public var input: FilterInput?
    var menu: FollowMenu?
    var showsHelp = false
    /// A notice that is shown until the next key.
    var notice = ""
    public var feed: Feed
    /// The number of packets so far, and of lost packets.
    public var packets = 0
    public var lost = 0
    /// The problem of the capture, safe for a terminal; shown as long as it is not empty.
    public var trouble = ""

    /// Makes a view without messages.
    public init(_ definitions: [Definition], _ feed: Feed, filter: Filter? = nil, _ options: Options = Options()) {
        self.definitions = definitions
        self.feed = feed
        self.filter = filter
        self.options = options
        store = MessageStore(limit: options.memory, keepsNewest: options.keepsNewest)
        choices = FollowChoices(definitions)
        trees = RecordTrees(names: options.names)
        if feed == .live { anchor = .max }
    }

    // MARK: - Messages

    /// Adds a message. Returns false if there is no room for it and later ones.
    @discardableResult
    public mutating func add(_ message: CapturedMessage) -> Bool {
        guard store.add(message) else { return false }
        choices.note(message)
        return true
    }
    /// True if some messages wait for the filter.
    public var hasWork: Bool { examined < store.rows.end }
    /// Applies the filter to this number of messages, and removes the messages that the store dropped.
    public mutating func work(_ count: Int) {
        while let first = shown.first, first < store.rows.start { shown.removeFirst() }
        examined = max(examined, store.rows.start)
        let stop = min(store.rows.end, examined + count)
        while examined < stop {
            let message = store.rows[examined].message
            if filter?.matches(message.record, message.bytes.span.bytes) ?? true { shown.append(examined) }
            examined += 1
        }
        settle()
    }
    /// Applies another filter; nil shows all messages.
    mutating func apply(_ filter: Filter?) -> ViewRequest {
        self.filter = filter
        // The selection becomes a definite message, because the last message may be another one now.
        if anchor != .max, let selected { anchor = selected }
        shown = RowQueue()
        examined = store.rows.start
        listTop = 0
        settle()
        return .filter
    }

    // MARK: - Selection

    /// The number, in `shown`, of the selected row.
    var row: Int? {
        shown.isEmpty ? nil : min(shown.partition { $0 < anchor }, shown.end - 1)
    }
    /// The number of the selected message in the store.
    private var selected: Int? { row.map { shown[$0] } }
    /// The selected message.
    public var message: CapturedMessage? { selected.map { store.rows[$0].message } }
    /// The range of bytes of the selected field.
    var marked: Range<Int>? {
        guard let tree, tree.shown.indices.contains(treeRow) else { return nil }
        return tree.rows[tree.shown[treeRow]].range
    }
    /// Selects a row of the list, or the nearest one.
    mutating func select(row: Int) {
        guard !shown.isEmpty else { return }
        anchor = shown[min(max(row, shown.start), shown.end - 1)]
        settle()
    }
    /// Selects the last message, and keeps selecting it when more arrive.
    mutating func selectEnd() {
        anchor = .max
        settle()
    }
    /// Selects the next message, or with -1 the previous one, that has a finding or is malformed. Returns false if
    /// there is no further message.
    mutating func selectRemarkable(_ step: Int) -> Bool {
        guard var row else { return false }
        row += step
        while row >= shown.start, row < shown.end {
            if store.rows[shown[row]].isRemarkable {
                select(row: row)
                return true
            }
            row += step
        }
        return false
    }
    /// Selects a row of the tree, and the bytes of its field.
    mutating func select(treeRow: Int) {
        guard let tree, !tree.shown.isEmpty else { return }
        self.treeRow = min(max(treeRow, 0), tree.shown.count - 1)
        if let marked { byte = marked.lowerBound }
        settle()
    }
    /// Moves the cursor in the bytes, and selects the field at the cursor.
    mutating func select(byte: Int) {
        guard let count = message?.bytes.count, count > 0 else { return }
        self.byte = min(max(byte, 0), count - 1)
        if let place = tree?.place(ofByte: self.byte) { treeRow = place }
        settle()
    }
    /// Folds a row of the tree, or unfolds it; nil toggles it.
    mutating func fold(_ wanted: Bool?) {
        guard var tree, tree.shown.indices.contains(treeRow) else { return }
        let row = tree.rows[tree.shown[treeRow]]
        let isFolded = folded.contains(row.key)
        if wanted ?? !isFolded, row.isFoldable {
            folded.insert(row.key)
        } else {
            folded.remove(row.key)
        }
        tree.fold(folded)
        self.tree = tree
        settle()
    }
    func isFolded(_ row: ViewTree.Row) -> Bool { row.isFoldable && folded.contains(row.key) }
    mutating func focus(_ pane: Pane) { self.pane = pane }
    /// Scrolls the list or the tree horizontally.
    mutating func shift(_ step: Int) {
        func shifted(_ shift: Int) -> Int { min(max(0, shift + step), Self.shiftLimit) }
        if pane == .list { listShift = shifted(listShift) }
        if pane == .tree { treeShift = shifted(treeShift) }
    }

    // MARK: - Screen

    /// Sets the size of the terminal.
    public mutating func resize(_ size: ScreenSize) {
        layout = ViewLayout(size)
        settle()
    }
    /// Makes the tree of the selected message, and scrolls so that the selection is visible.
    private mutating func settle() {
        let number = selected
        if number != treeOf {
            let key = tree.flatMap { $0.shown.indices.contains(treeRow) ? $0.rows[$0.shown[treeRow]].key : nil }
            treeOf = number
            tree = message.map { message in
                var tree = ViewTree(
                    message, trees.tree(of: message.record, message.bytes.span.bytes),
                    answer: store.answer(to: message))
                tree.fold(folded)
                return tree
            }
            // The same field of the other message is selected.
            treeRow = tree.flatMap { tree in tree.shown.firstIndex { tree.rows[$0].key == key } } ?? 0
            (treeTop, byte, bytesTop) = (0, marked?.lowerBound ?? 0, 0)
        }
        if let row {
            listTop = Self.scrolled(listTop, to: row, layout.listRows, in: shown.start..<shown.end)
        }
        treeTop = Self.scrolled(treeTop, to: treeRow, layout.treeRows, in: 0..<(tree?.shown.count ?? 0))
        let rows = ((message?.bytes.count ?? 0) + 15) / 16
        bytesTop = Self.scrolled(bytesTop, to: byte / 16, layout.bytesRows, in: 0..<rows)
    }
    /// Returns the first row on the screen, moved as little as necessary.
    private static func scrolled(_ top: Int, to row: Int, _ height: Int, in all: Range<Int>) -> Int {
        let top = min(max(top, row - height + 1), row)
        return max(all.lowerBound, min(top, all.upperBound - height))
    }
}
