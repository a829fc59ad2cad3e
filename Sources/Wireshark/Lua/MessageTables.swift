import Wire

/// The fields of messages that are identified by number or by name, as Lua tables, one for each type. The positions of
/// such fields need not be determined.
struct MessageTables {
    /// A field or member of a message.
    struct Field: Hashable {
        var name: String
        /// The field number; only for protobuf.
        var number: UInt32 = 0
        var wireType: UInt32 = 0
        /// The kind; nil for a message of type `type`.
        var kind: Kind?
        var type = ""
        var isList = false
        /// The only text that it may have.
        var expected: String?
    }
    /// The fields of each type, by its name.
    private(set) var types: [String: [Field]] = [:]
    /// The names of types in the order of their discovery.
    private(set) var order: [String] = []

    init(_ messages: [any Message.Type]) { for m in messages { add(m) } }

    private mutating func add<M: Message>(_: M.Type) {
        let name = M.name.description
        guard types[name] == nil else { return }
        types[name] = []
        order.append(name)
        var lister = FieldLister()
        for var m in M.variants { m.code(&lister) }
        types[name] = lister.fields
        for inner in lister.inner { add(inner) }
    }
    /// The types in which several fields have the same number, so that the tables cannot identify the field.
    var ambiguous: [String] {
        order.filter { name in
            let numbers = (types[name] ?? []).map(\.number).filter { $0 > 0 }
            return Set(numbers).count < numbers.count
        }
    }
    /// The tables as Lua assignments to `types`.
    var lua: String {
        var out = ""
        for name in order {
            out += "types[\(LuaText.quoted(name))] = {\n"
            for f in types[name] ?? [] { out += "    \(Self.row(f)),\n" }
            out += "}\n"
        }
        return out
    }
    private static func row(_ f: Field) -> String {
        var parts = ["name = \(LuaText.quoted(f.name))"]
        if f.number > 0 { parts.append("number = \(f.number), wire = \(f.wireType)") }
        if let kind = f.kind { parts.append("kind = \"\(word(kind))\"") }
        if !f.type.isEmpty { parts.append("type = \(LuaText.quoted(f.type))") }
        if f.isList { parts.append("list = true") }
        if let expected = f.expected { parts.append("expected = \(LuaText.quoted(expected))") }
        return "{ " + parts.joined(separator: ", ") + " }"
    }
    private static func word(_ kind: Kind) -> String {
        switch kind {
        case .uint(let bits), .code(let bits, _): bits > 32 ? "uint64" : "uint"
        case .int: "int"
        case .float: "float"
        case .bool: "bool"
        case .bytes: "bytes"
        case .text: "text"
        case .json: "json"
        }
    }
    /// Returns all paths of the fields of a message, each with its field. A type nested in itself is not expanded
    /// again.
    func paths(of message: String) -> [(path: String, field: Field)] {
        var out: [(path: String, field: Field)] = []
        func walk(_ type: String, _ path: String, _ open: [String]) {
            guard !open.contains(type) else { return }
            for f in types[type] ?? [] {
                out.append((path + f.name, f))
                if !f.type.isEmpty { walk(f.type, path + f.name + ".", open + [type]) }
            }
        }
        walk(message, "", [])
        return out
    }
}

/// A lister of the fields of one message, including all its variants, and of the types of its nested messages.
private struct FieldLister: TreeCoder {
    var fields: [MessageTables.Field] = []
    var inner: [any Message.Type] = []

    private mutating func add(_ name: StaticString, _ layout: Layout, _ change: (inout MessageTables.Field) -> Void) {
        var field = MessageTables.Field(name: name.description)
        if case .tag(let number, _, let wireType) = layout { (field.number, field.wireType) = (number, wireType) }
        change(&field)
        if !fields.contains(field) { fields.append(field) }
    }
    private mutating func add<M: Message>(_ name: StaticString, _ layout: Layout, _: M.Type, isList: Bool) {
        inner.append(M.self)
        add(name, layout) { ($0.type, $0.isList) = (M.name.description, isList) }
    }
    mutating func leaf<V: Leaf>(_ name: StaticString, _ value: inout V, _ layout: Layout) {
        add(name, layout) { $0.kind = V.kind }
    }
    mutating func maybe<V: Leaf>(_ name: StaticString, _ value: inout V?, _ layout: Layout) {
        add(name, layout) { $0.kind = V.kind }
    }
    mutating func leaves<V: Leaf>(_ name: StaticString, _ values: inout [V], _ layout: Layout) {
        add(name, layout) { ($0.kind, $0.isList) = (V.kind, true) }
    }
    mutating func computed<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ layout: Layout, as now: () -> V
    ) { add(name, layout) { $0.kind = V.kind } }
    mutating func group<M: Message>(_ name: StaticString, _ value: inout M) {
        add(name, .counted, M.self, isList: false)
    }
    mutating func maybe<M: Message>(_ name: StaticString, group: inout M?, like: () -> M, _ layout: Layout) {
        add(name, layout, M.self, isList: false)
    }
    mutating func groups<M: Message>(_ name: StaticString, _ values: inout [M], _ layout: Layout) {
        add(name, layout, M.self, isList: true)
    }
    mutating func constant(_ name: StaticString, _ value: inout Text?, _ expected: StaticString) {
        add(name, .member) { ($0.kind, $0.expected) = (.text, expected.description) }
    }
}
