/// An error in a value tree.
public struct BuildError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The path, such as `peers[0].port`; empty for the whole tree.
    public var path: String
    /// The problem, for people, such as: unknown field, did you mean `address`?
    public var problem: String
    /// The path and the problem.
    public var description: String { path.isEmpty ? problem : "\(path): \(problem)" }
}

/// A visitor that fills a message from a value tree. A field that the tree does not name keeps its default. A derived
/// field that the tree names is written as given, right or wrong.
struct Builder: TreeCoder {
    var tree: Value
    /// The path of the current group, with a dot at its end unless it is empty.
    var path = ""
    /// The names of the fields visited in this group, to find unknown names and to suggest others.
    var names: [String] = []
    var errors: [BuildError] = []

    init(_ tree: Value) { self.tree = tree }

    mutating func take(_ name: StaticString) -> Value? {
        names.append(name.description)
        return tree[name.description]
    }
    mutating func wrong(_ name: String, _ problem: String) {
        errors.append(BuildError(path: path + name, problem: problem))
    }
    mutating func convert<V: Leaf>(_ name: String, _ v: Value, _: V.Type, _ layout: Layout) -> V? {
        guard let made = V(v) else {
            wrong(name, "cannot be \(v), wants \(V.kind)")
            return nil
        }
        if case .bits(let n) = layout, n < 64, made.number >> UInt64(n) != 0 {
            wrong(name, "cannot be \(v), wants an integer of \(n) bits")
            return nil
        }
        return made
    }
    /// Fills the fields of one group; `name` is its step in the path, empty for the whole message.
    mutating func enter<M: Message>(_ name: String, _ sub: Value, _ m: inout M) {
        guard case .map(let entries) = sub else { return wrong(name, "wants a map of fields, not \(sub)") }
        let outer = (tree, path, names)
        (tree, path, names) = (sub, name.isEmpty ? "" : path + name + ".", [])
        m.code(&self)
        var seen: Set<String> = []
        for e in entries {
            if !seen.insert(e.key).inserted {
                wrong(e.key, "given twice")
            } else if !names.contains(e.key) {
                let wants = M.conditions(of: e.key).map { "`\($0.key)` is \($0.value)" }
                wrong(
                    e.key,
                    wants.isEmpty
                        ? "unknown field" + NearestName.suggestion(for: e.key, in: names)
                        : "is there only where \(wants.joined(separator: " or "))")
            }
        }
        (tree, path, names) = outer
    }
    mutating func leaf<V: Leaf>(_ name: StaticString, _ value: inout V, _ layout: Layout) {
        if let v = take(name), let made = convert(name.description, v, V.self, layout) { value = made }
    }
    mutating func maybe<V: Leaf>(_ name: StaticString, _ value: inout V?, _ layout: Layout) {
        guard let v = take(name) else { return }
        value = v == .null && V.kind != .json ? nil : convert(name.description, v, V.self, layout)
    }
    mutating func leaves<V: Leaf>(_ name: StaticString, _ values: inout [V], _ layout: Layout) {
        guard let v = take(name) else { return }
        guard case .list(let items) = v else { return wrong(name.description, "wants a list, not \(v)") }
        values = []
        for i in items.indices {
            if let made = convert("\(name)[\(i)]", items[i], V.self, layout) { values.append(made) }
        }
    }
    mutating func member<V: MemberValue>(_ name: StaticString, _ values: inout [V]?) {
        var list: [V] = []
        guard takesList(name, &values) else { return }
        leaves(name, &list, .member)
        values = list
    }
    mutating func member<M: Message>(_ name: StaticString, _ values: inout [M]?) {
        var list: [M] = []
        guard takesList(name, &values) else { return }
        groups(name, &list, .member)
        values = list
    }
    /// Returns false if the tree does not name the list, or removes it.
    private mutating func takesList<V>(_ name: StaticString, _ values: inout [V]?) -> Bool {
        switch tree[name.description] {
        case nil: names.append(name.description)
        case .null:
            names.append(name.description)
            values = nil
        default: return true
        }
        return false
    }
    mutating func computed<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ layout: Layout, as now: () -> V
    ) {
        if let v = take(name), v != .null { value.stored = convert(name.description, v, V.self, layout) }
    }
    mutating func group<M: Message>(_ name: StaticString, _ value: inout M) {
        if let v = take(name) { enter(name.description, v, &value) }
    }
    mutating func maybe<M: Message>(_ name: StaticString, group value: inout M?, like: () -> M, _ layout: Layout) {
        guard let v = take(name) else { return }
        guard v != .null else {
            value = nil
            return
        }
        var m = like()
        enter(name.description, v, &m)
        value = m
    }
    mutating func groups<M: Message>(_ name: StaticString, _ values: inout [M], _ layout: Layout) {
        guard let v = take(name) else { return }
        guard case .list(let items) = v else { return wrong(name.description, "wants a list, not \(v)") }
        values = []
        for i in items.indices {
            var m = M()
            enter("\(name)[\(i)]", items[i], &m)
            values.append(m)
        }
    }
}

extension Message {
    /// Builds a message from a value tree and returns all errors at once. Fields with errors keep their defaults.
    public static func build(_ tree: Value) -> (Self, [BuildError]) {
        var m = Self()
        var b = Builder(tree)
        b.enter("", tree, &m)
        return (m, b.errors)
    }
    /// Returns the encoding of the message that a value tree describes. Derived fields are computed unless the tree
    /// names them. If there are errors, the message is encoded without the wrong fields.
    public static func encode(_ tree: Value) -> (bytes: [UInt8], errors: [BuildError]) {
        let (m, errors) = build(tree)
        return (m.encoded(), errors)
    }
}
