/// Keeps what it is told in a `TreeState` of the caller's: a reader is made for each message, and the state is too large
/// to be made, moved and destroyed with it.
public struct Tree: Trace {
    @inlinable @inline(__always) public static var traces: Bool { true }
    private let state: UnsafeMutablePointer<TreeState>?

    /// Keeps nothing.
    public init() { state = nil }
    /// `state` has to be there as long as this is used.
    init(_ state: UnsafeMutablePointer<TreeState>) { self.state = state }

    /// What is known of the bytes beside what they say.
    public var hint: UInt64 { state?.pointee.hint ?? 0 }
    /// What is dissected shows all it can; a check refuses.
    public var isLax: Bool { state?.pointee.keep ?? false }
    @inlinable @inline(__always)
    public mutating func leaf<V: Leaf>(
        _ name: StaticString, _ type: V.Type, _ at: Int, _ content: Int, _ end: Int, _ number: UInt64, isJSON: Bool
    ) {
        add(name, type, at, content, end, number, isJSON: isJSON)
    }
    @usableFromInline
    func add(
        _ name: StaticString, _ type: any Leaf.Type, _ at: Int, _ content: Int, _ end: Int, _ number: UInt64,
        isJSON: Bool
    ) {
        guard let state else { return }
        state.pointee.passed(name, type, at)
        if state.pointee.leavesOut(name) { return state.pointee.element(-1) }
        state.pointee.keepLeaf(name, type, at, content, end, number, isJSON: isJSON)
    }
    /// The element that comes next.
    public mutating func element(_ index: Int) { state?.pointee.element(index) }
    /// Whether elements are counted, as these were.
    public mutating func elements(_ count: Int) -> Bool { state?.pointee.elements(count) ?? false }
    /// A group or list begins.
    public mutating func open(_ name: StaticString, _ index: Int, _ at: Int, isList: Bool) {
        state?.pointee.open(name, index, at, isList: isList)
    }
    /// It ends.
    public mutating func close(_ at: Int) { state?.pointee.close(at) }
    /// A claimed length begins.
    public mutating func limit(_ by: StaticString) { state?.pointee.limit(by) }
    /// It ends.
    public mutating func unlimit() { state?.pointee.unlimit() }
    /// Keeps the first fault, with its path.
    public mutating func fail(_ f: Fault) { state?.pointee.fail(f) }
    /// Keeps a note.
    public mutating func note(_ kind: Note.Kind, _ name: StaticString, _ at: Int, _ end: Int) {
        state?.pointee.note(kind, name, at, end)
    }
    /// The walk that is compiled in the message's module.
    @inline(never) @_lifetime(r: copy r)
    public static func walk<M: Message>(_ m: inout M, _ r: inout Reader<Tree>) { m.trace(&r) }
}
