/// The state of a `Tree`: every field, or (`keep` false) only the path to the first fault.
struct TreeState {
    var out = Dissection()
    var keep = true
    /// True if elements are counted instead of kept. The `number` of a list has the count of its elements. Elements
    /// that arrive one by one are counted in the `number` of the first of them, which is kept.
    var countsElements = false
    /// The number of first elements of each list that are kept although elements are counted. The `number` of a list
    /// includes them. If elements arrive one by one, the first node after them counts the others.
    var keptElements = 0
    /// The fields of the message itself that are left out if `countsElements` is set.
    var leftOut = WordSet()
    /// The hint for the bytes, see `Coder.hint`.
    var hint: UInt64 = 0
    /// True if `out.error` is set. It is queried with every field, and an error is large.
    private var hasFailed = false
    /// The groups and lists around the next field, and their numbers in `out.nodes`; -1: not kept.
    private var path: [Dissection.Step] = []
    private var openAt: [Int32] = []
    /// The fields that claimed the enclosing lengths, outermost first; empty for a length without a name.
    private var limits: [StaticString] = []
    /// The offset of the last field.
    private var last = 0
    /// The type of the last field, if it was a leaf, and its name.
    private var lastType: (any Leaf.Type)?
    private var lastName: StaticString = ""
    private var index = -1
    /// Empties the trace and keeps its memory.
    mutating func reset() {
        out.nodes.removeAll(keepingCapacity: true)
        if !out.notes.isEmpty { out.notes = [] }
        if hasFailed { out.error = nil }
        hasFailed = false
        out.isCut = false
        leftOut.restart()
        // These are nearly always empty: only a refused message leaves entries.
        if !path.isEmpty { path.removeAll(keepingCapacity: true) }
        if !openAt.isEmpty { openAt.removeAll(keepingCapacity: true) }
        if !limits.isEmpty { limits.removeAll(keepingCapacity: true) }
        (last, lastType, lastName, index) = (0, nil, "", -1)
    }
    /// Records that the message as a whole is refused.
    mutating func refuse(_ error: WireError) {
        out.error = error
        hasFailed = true
    }
    /// Reserves memory for the fields of most messages.
    mutating func reserve() { if out.nodes.capacity == 0 { out.nodes.reserveCapacity(24) } }

    private func node(
        _ name: StaticString, index: Int, at: Int, content: Int, end: Int, shape: Dissection.Shape,
        of type: any Leaf.Type, number: UInt64, isJSON: Bool, isComputed: Bool = false
    ) -> Dissection.Node {
        // The offsets fit: `Reader` refuses longer messages.
        Dissection.Node(
            name: name, index: Int32(truncatingIfNeeded: index), depth: Int32(truncatingIfNeeded: openAt.count),
            parent: openAt.last ?? -1, start: Int32(truncatingIfNeeded: at), end: Int32(truncatingIfNeeded: end),
            contentStart: Int32(truncatingIfNeeded: content), shape: shape, isJSON: isJSON, isComputed: isComputed,
            number: number, type: type)
    }
    /// Records a value that was read.
    @inline(__always)
    mutating func passed(_ name: StaticString, _ type: any Leaf.Type, _ at: Int) {
        last = at
        lastType = type
        lastName = name
    }
    /// Returns true if the next field is left out, with all its content.
    @inline(__always)
    mutating func leavesOut(_ name: StaticString) -> Bool {
        countsElements && openAt.isEmpty && leftOut.contains(name)
    }
    /// Keeps a value that is not left out.
    @inline(never)
    mutating func keepLeaf(
        _ name: StaticString, of type: any Leaf.Type, at: Int, content: Int, end: Int, number: UInt64,
        isJSON: Bool, isComputed: Bool = false
    ) {
        let i = index
        index = -1
        guard keep, !hasFailed else { return }
        let isElement = countsElements && i >= keptElements
        if isElement, openAt.last != -1, countElement(name) { return }
        if countsElements, i >= 0 { countInList() }
        guard out.nodes.count < Dissection.maximumNodes, openAt.last != -1 else { return out.isCut = true }
        out.nodes.append(
            node(
                name, index: i, at: at, content: content, end: end, shape: .leaf, of: type,
                number: isElement ? 1 : number, isJSON: isJSON, isComputed: isComputed))
    }
    /// Counts an element in an existing node. Returns false if the caller must add the node.
    private mutating func countElement(_ name: StaticString) -> Bool {
        guard let last = out.nodes.indices.last else { return false }
        if let list = openAt.last, out.nodes[Int(list)].shape == .list {
            out.nodes[Int(list)].number &+= 1
            return true
        }
        guard out.nodes[last].index >= 0, Int(out.nodes[last].index) >= keptElements,
            out.nodes[last].depth == openAt.count, out.nodes[last].name.isSame(as: name)
        else { return false }
        out.nodes[last].number &+= 1
        return true
    }
    /// Counts a kept element in the list around it, if there is one.
    private mutating func countInList() {
        guard let list = openAt.last, list >= 0, out.nodes[Int(list)].shape == .list else { return }
        out.nodes[Int(list)].number &+= 1
    }
    /// Sets the index of the next element.
    mutating func element(_ index: Int) { self.index = index }
    mutating func elements(_ count: Int) -> Bool {
        guard countsElements, count == 0 || count > keptElements else { return false }
        if !hasFailed, let list = openAt.last, list >= 0 { out.nodes[Int(list)].number &+= UInt64(count) }
        return true
    }
    /// Begins a group or list.
    mutating func open(_ name: StaticString, _ index: Int, _ at: Int, isList: Bool) {
        self.index = -1
        guard !hasFailed else { return }
        let isElement = countsElements && index >= keptElements
        path.append(Dissection.Step(name: name, index: Int32(truncatingIfNeeded: index)))
        if leavesOut(name) {
            openAt.append(-1)
        } else if keep, out.nodes.count < Dissection.maximumNodes, openAt.last != -1 {
            let own = isElement ? -1 : Int32(truncatingIfNeeded: out.nodes.count)
            if !isElement || !countElement(name) {
                if countsElements, index >= 0 { countInList() }
                out.nodes.append(
                    node(
                        name, index: index, at: at, content: at, end: at, shape: isList ? .list : .group,
                        of: Bytes.self, number: isElement ? 1 : 0, isJSON: false))
            }
            openAt.append(own)
        } else {
            openAt.append(-1)
            if keep { out.isCut = true }
        }
    }
    mutating func close(_ at: Int) {
        guard !hasFailed, let i = openAt.popLast() else { return }
        path.removeLast()
        if i >= 0 { out.nodes[Int(i)].end = Int32(truncatingIfNeeded: at) }
    }
    /// Begins a claimed length.
    mutating func limit(_ by: StaticString) { if !hasFailed { limits.append(by) } }
    mutating func unlimit() { if !hasFailed { _ = limits.popLast() } }
    /// Keeps the first fault, with its path.
    mutating func fail(_ f: Fault) {
        guard !hasFailed else { return }
        var where_ = Dissection.path(path)
        // For a group that does not fit, the path already ends with its name.
        let isGroup = path.last.map { $0.name.description == f.field.description } ?? false
        Dissection.append(isGroup ? "" : f.field, index, to: &where_)
        let by = f.by.utf8CodeUnitCount > 0 ? f.by : limits.last ?? ""
        let bounded = f.reason == .truncated || f.reason == .trailing
        hasFailed = true
        out.error = WireError(
            reason: f.reason, path: where_,
            // A failed check applies to the field just read.
            offset: f.offset < 0 ? last : f.offset, wanted: f.wanted, had: f.had,
            claimedBy: bounded && by.utf8CodeUnitCount > 0 ? by.description : nil, legal: f.legal ?? names(f))
        for i in openAt where i >= 0 {
            out.nodes[Int(i)].end = max(out.nodes[Int(i)].start, out.nodes.last?.end ?? 0)
        }
    }
    /// Returns the names of a code point whose check failed. The expected value is unknown, but if the number has no
    /// name, any named number would be legal.
    private func names(_ f: Fault) -> LegalValue? {
        guard f.reason == .illegal, f.offset < 0, let type = lastType, lastName.description == f.field.description
        else { return nil }
        return LegalValue(f.had, mustBeNamed: type.kind)
    }
    /// Keeps a note.
    mutating func note(_ kind: Note.Kind, of name: StaticString, at: Int, end: Int) {
        guard keep, !hasFailed else { return }
        guard out.notes.count < Dissection.maximumNotes else { return out.isCut = true }
        var where_ = Dissection.path(path)
        Dissection.append(name, index, to: &where_)
        out.notes.append(Note(kind: kind, path: where_, range: at..<max(at, end)))
    }
}
