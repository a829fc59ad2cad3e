public import Wire

/// A changed copy of an encoding, for negative tests.
public struct Mutant: Hashable, Sendable {
    /// The change of the field.
    public enum Change: String, Sendable, CaseIterable {
        /// The bytes end at the start of the field.
        case cut
        /// Each bit of the contents is inverted.
        case inverted
        /// The field is left out.
        case removed
        /// The field occurs twice.
        case doubled
        /// A derived field is one too high.
        case more
        /// A derived field is one too low.
        case less
    }
    public var path: String
    /// The change.
    public var change: Change
    /// The resulting bytes. They may be valid, for example an inverted port.
    public var bytes: [UInt8]
}

/// Changes one derived field of a message, counted in the order of the walk.
struct FieldMutator: TreeCoder {
    /// The field to change; 0 is the first.
    let target: Int
    let change: Mutant.Change
    var count = 0
    var path = ""
    /// The path of the changed field, or nil if the value cannot be changed in this way.
    var changed: String?

    mutating func enter<M: Message>(_ name: String, _ m: inout M) {
        let outer = path
        path += name + "."
        m.code(&self)
        path = outer
    }
    mutating func leaf<V: Leaf>(_ name: StaticString, _ value: inout V, _ layout: Layout) {}
    mutating func maybe<V: Leaf>(_ name: StaticString, _ value: inout V?, _ layout: Layout) {}
    mutating func leaves<V: Leaf>(_ name: StaticString, _ values: inout [V], _ layout: Layout) {}
    mutating func computed<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ layout: Layout, as now: () -> V
    ) {
        defer { count += 1 }
        guard count == target else { return }
        let n = (value.stored ?? now()).number
        if change == .less, n == 0 { return }
        guard let lie = V(varint: change == .more ? n &+ 1 : n &- 1) else { return }
        if case .bits(let width) = layout, width < 64, lie.number >> UInt64(width) != 0 { return }
        value.stored = lie
        changed = path + name.description
    }
    mutating func group<M: Message>(_ name: StaticString, _ value: inout M) { enter(name.description, &value) }
    mutating func maybe<M: Message>(_ name: StaticString, group: inout M?, like: () -> M, _ layout: Layout) {
        guard var m = group else { return }
        enter(name.description, &m)
        group = m
    }
    mutating func groups<M: Message>(_ name: StaticString, _ values: inout [M], _ layout: Layout) {
        for i in values.indices { enter("\(name)[\(i)]", &values[i]) }
    }
}

extension Message {
    /// Returns mutants with one change each: each field cut off, inverted, removed and doubled, and each derived field
    /// off by one.
    ///
    /// The result is about four times the number of fields times the size of `bytes`. It is intended for test messages,
    /// not for messages of peers. Bytes that cannot be read completely give mutants of the fields before the error.
    public static func mutants(of bytes: [UInt8]) -> [Mutant] {
        let tree = dissect(bytes.span.bytes)
        var out: [Mutant] = []
        for (i, node) in tree.nodes.enumerated() where node.shape == .leaf && !node.range.isEmpty {
            let r = node.range
            let path = tree.path(of: i)
            var inverted = bytes
            var removed = bytes
            var doubled = bytes
            for k in node.content { inverted[k] = ~inverted[k] }
            removed.removeSubrange(r)
            doubled.insert(contentsOf: bytes[r], at: r.upperBound)
            out.append(Mutant(path: path, change: .cut, bytes: Array(bytes[..<r.lowerBound])))
            out.append(Mutant(path: path, change: .inverted, bytes: inverted))
            out.append(Mutant(path: path, change: .removed, bytes: removed))
            out.append(Mutant(path: path, change: .doubled, bytes: doubled))
        }
        guard let message = try? Self(copying: bytes) else { return out }
        var target = 0
        while true {
            var count = 0
            for change in [Mutant.Change.more, .less] {
                var m = message
                var liar = FieldMutator(target: target, change: change)
                m.code(&liar)
                count = liar.count
                if let path = liar.changed { out.append(Mutant(path: path, change: change, bytes: m.encoded())) }
            }
            target += 1
            if target >= count { return out }
        }
    }
}
