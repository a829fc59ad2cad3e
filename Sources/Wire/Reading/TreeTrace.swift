/// A trace that keeps its input in a `TreeState` of the caller. A reader is created for each message, and the state is
/// too large to be created, moved and destroyed with it.
public struct Tree: Trace {
    @inlinable @inline(__always) public static var traces: Bool { true }
    private let state: UnsafeMutablePointer<TreeState>?

    /// Creates a trace that keeps nothing.
    public init() { state = nil }
    /// Creates a trace; `state` must outlive it.
    init(_ state: UnsafeMutablePointer<TreeState>) { self.state = state }

    /// The hint for the bytes, see `Coder.hint`.
    public var hint: UInt64 { state?.pointee.hint ?? 0 }
    /// True if the trace keeps fields: a dissection shows all it can, a check refuses.
    public var isLax: Bool { state?.pointee.keep ?? false }
    @inlinable @inline(__always)
    public mutating func leaf<V: Leaf>(
        _ name: StaticString, of type: V.Type, at: Int, content: Int, end: Int, number: UInt64, isJSON: Bool
    ) {
        add(name, of: type, at: at, content: content, end: end, number: number, isJSON: isJSON)
    }
    @usableFromInline
    func add(
        _ name: StaticString, of type: any Leaf.Type, at: Int, content: Int, end: Int, number: UInt64,
        isJSON: Bool
    ) {
        guard let state else { return }
        state.pointee.passed(name, type, at)
        if state.pointee.leavesOut(name) { return state.pointee.element(-1) }
        state.pointee.keepLeaf(name, of: type, at: at, content: content, end: end, number: number, isJSON: isJSON)
    }
    /// Keeps a value that is computed from bytes.
    public mutating func computed<V: ComputedLeaf>(_ name: StaticString, of type: V.Type, from: Int, to end: Int) {
        guard let state, !state.pointee.leavesOut(name) else { return }
        state.pointee.keepLeaf(
            name, of: type, at: end, content: from, end: end, number: 0, isJSON: false, isComputed: true)
    }
    /// Sets the index of the next element.
    public mutating func element(_ index: Int) { state?.pointee.element(index) }
    /// Counts elements. Returns true if the state counts instead of keeping them.
    public mutating func elements(_ count: Int) -> Bool { state?.pointee.elements(count) ?? false }
    /// Begins a group or list.
    public mutating func open(_ name: StaticString, _ index: Int, _ at: Int, isList: Bool) {
        state?.pointee.open(name, index, at, isList: isList)
    }
    /// Ends a group or list.
    public mutating func close(_ at: Int) { state?.pointee.close(at) }
    /// Begins a claimed length.
    public mutating func limit(_ by: StaticString) { state?.pointee.limit(by) }
    /// Ends a claimed length.
    public mutating func unlimit() { state?.pointee.unlimit() }
    /// Keeps the first fault, with its path.
    public mutating func fail(_ f: Fault) { state?.pointee.fail(f) }
    /// Keeps a note.
    public mutating func note(_ kind: Note.Kind, of name: StaticString, at: Int, end: Int) {
        state?.pointee.note(kind, of: name, at: at, end: end)
    }
    /// Runs the walk that is compiled in the message's module.
    @inline(never) @_lifetime(r: copy r)
    public static func walk<M: Message>(_ m: inout M, _ r: inout Reader<Tree>) { m.trace(&r) }
}
