public import Capture
public import Node
internal import Wire

/// What a view of a capture shows and what is selected in it: messages, filter, the tree and the bytes of one message.
/// It knows no terminal, no file and no clock. Messages come by `add`; the filter is applied to them by `work`, in
/// pieces, so that keys are answered meanwhile.
public struct ViewModel {
    /// A part of the screen that takes keys.
    public enum Pane: CaseIterable, Sendable {
        case list
        case tree
        case bytes
    }
    /// Where messages come from.
    public enum Feed: Sendable {
        /// More will come from a file.
        case reading
        /// Packets are captured as they come.
        case live
        /// All was read.
        case ended
    }
    /// How messages are shown, and how many are kept.
    public struct Options: Sendable {
        /// Names of the files, or of the device.
        public var title = ""
        public var names = AddressNames()
        public var time = RecordTime.relative
        /// Bytes of messages that are kept.
        public var memory = 512 << 20
        /// Beyond these the oldest go; else no newer ones are taken.
        public var keepsNewest = false
        public init() {}
    }
    private static let shiftLimit = 4000
    public let options: Options
    let definitions: [Definition]
    private(set) var store: MessageStore
    private(set) var choices: FollowChoices
    /// Numbers, in the store, of the messages that are shown.
    private(set) var shown = RowQueue<Int>()
    /// The first message that the filter was not applied to yet.
    private var examined = 0
    public private(set) var filter: Filter?

    /// Number, in the store, of the message that is selected: it, or else the next one that is shown; the last one where
    /// there is none. `Int.max` stays with the last one as more come.
    private(set) var anchor = 0
    /// The number, in `shown`, of the first row of the list.
    private(set) var listTop = 0
    /// Characters of the contents of messages, and of the rows of the tree, that are left of the screen.
    private(set) var listShift = 0
    private(set) var treeShift = 0
    private(set) var tree: ViewTree?
    private var treeOf: Int?
    /// Keys of rows that are folded.
    private var folded: Set<String> = []
    private var trees: RecordTrees
    /// Places among the rows of the tree that are shown.
    private(set) var treeRow = 0
    private(set) var treeTop = 0
    /// The byte that the cursor is on, and the first row of bytes.
    private(set) var byte = 0
    private(set) var bytesTop = 0
    public private(set) var pane = Pane.list
    private(set) var layout = ViewLayout(ScreenSize(columns: 80, rows: 24))

    /// The filter is being edited.
    public var input: FilterInput?
    var menu: FollowMenu?
    var showsHelp = false
    /// Told until the next key.
    var notice = ""
    public var feed: Feed
    /// Packets so far, and those that were lost.
    public var packets = 0
    public var lost = 0
    /// What is wrong with the capture, harmless for a terminal; told as long as it is there.
    public var trouble = ""

    /// Nothing came yet.
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

    /// Takes a message. False when there is no room for it and those behind it.
    @discardableResult
    public mutating func add(_ message: CapturedMessage) -> Bool {
        guard store.add(message) else { return false }
        choices.note(message)
        return true
    }
    /// Some messages wait for the filter.
    public var hasWork: Bool { examined < store.rows.end }
    /// Applies the filter to so many messages, and drops what the store dropped.
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
    /// Shows what passes a filter from now on; nil for all.
    mutating func apply(_ filter: Filter?) -> ViewRequest {
        self.filter = filter
        // What is selected stays, and becomes definite: the last one may be another now.
        if anchor != .max, let selected { anchor = selected }
        shown = RowQueue()
        examined = store.rows.start
        listTop = 0
        settle()
        return .filter
    }

    // MARK: - What is selected

    /// The number, in `shown`, of the row that is selected.
    var row: Int? {
        shown.isEmpty ? nil : min(shown.partition { $0 < anchor }, shown.end - 1)
    }
    /// The number of its message in the store.
    private var selected: Int? { row.map { shown[$0] } }
    /// The message that is selected.
    public var message: CapturedMessage? { selected.map { store.rows[$0].message } }
    /// Bytes that the selected field stands for.
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
    /// Stays at the last message.
    mutating func selectEnd() {
        anchor = .max
        settle()
    }
    /// Selects the next message, or with -1 the one before, that has a finding or is malformed. False when there is none.
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
    /// Moves the cursor among the bytes, and selects the field that it is in.
    mutating func select(byte: Int) {
        guard let count = message?.bytes.count, count > 0 else { return }
        self.byte = min(max(byte, 0), count - 1)
        if let place = tree?.place(ofByte: self.byte) { treeRow = place }
        settle()
    }
    /// Folds a row of the tree, or unfolds it; with nil whatever it is not.
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
    /// Shows what is further to the right in the list or the tree, or to the left.
    mutating func shift(_ step: Int) {
        func shifted(_ shift: Int) -> Int { min(max(0, shift + step), Self.shiftLimit) }
        if pane == .list { listShift = shifted(listShift) }
        if pane == .tree { treeShift = shifted(treeShift) }
    }

    // MARK: - What is on the screen

    /// The terminal has this size.
    public mutating func resize(_ size: ScreenSize) {
        layout = ViewLayout(size)
        settle()
    }
    /// Makes the tree of what is selected, and scrolls so that what is selected is on the screen.
    private mutating func settle() {
        let number = selected
        if number != treeOf {
            let key = tree.flatMap { $0.shown.indices.contains(treeRow) ? $0.rows[$0.shown[treeRow]].key : nil }
            treeOf = number
            tree = message.map { message in
                var tree = ViewTree(message, trees.tree(of: message.record, message.bytes.span.bytes))
                tree.fold(folded)
                return tree
            }
            // The same field of another message.
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
    /// The first row on the screen, moved as little as need be.
    private static func scrolled(_ top: Int, to row: Int, _ height: Int, in all: Range<Int>) -> Int {
        let top = min(max(top, row - height + 1), row)
        return max(all.lowerBound, min(top, all.upperBound - height))
    }
}
