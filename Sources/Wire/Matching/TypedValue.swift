/// The content of a message, with types. The matcher and the value tree of a message are based on it.
indirect enum TypedValue {
    case leaf(Value, any Leaf.Type)
    /// A list, with the type of its elements when they are leaves.
    case list([TypedValue], (any Leaf.Type)?)
    case group([Member])

    struct Member {
        var name: String
        /// The value; nil if the field is missing.
        var content: TypedValue?
        /// The type of a leaf, present or not.
        var type: (any Leaf.Type)?
        /// True if the message may lack the field.
        var isOptional: Bool
        /// The value of the field if it is missing; nil if it has none.
        var preset: TypedValue?
        /// True if the field is missing or a list without elements.
        var isAbsent: Bool {
            if case .list(let items, _) = content { items.isEmpty } else { content == nil }
        }
    }

    /// The value without types. Missing fields are left out, and so are optional lists without elements.
    var value: Value {
        switch self {
        case .leaf(let v, _): v
        case .list(let items, _): .list(items.map(\.value))
        case .group(let members):
            .map(
                members.compactMap { m in
                    guard let content = m.content, !(m.isOptional && m.isAbsent) else { return nil }
                    return Value.Entry(m.name, content.value)
                })
        }
    }
    /// Returns a JSON value as its groups and lists.
    static func json(_ v: Value) -> TypedValue {
        switch v {
        case .list(let items): .list(items.map(json), JSONValue.self)
        case .map(let items):
            .group(
                items.map { Member(name: $0.key, content: json($0.value), type: JSONValue.self, isOptional: true) })
        default: .leaf(v, JSONValue.self)
        }
    }
}

/// A visitor that collects the fields of a message. Derived fields have the values on the wire.
struct TypedValueBuilder: TreeCoder, ~Escapable {
    let packet: RawSpan
    var members: [TypedValue.Member] = []
    /// The names to collect, with the patterns for each; nil: all names.
    var interest: [Pattern.Field]?

    @_lifetime(copy packet)
    init(_ packet: RawSpan, _ interest: [Pattern.Field]?) {
        self.packet = packet
        self.interest = interest
    }
    func checksum<K: Checksum>(_ kind: K.Type, _ bytes: Bytes) -> UInt64 { bytes.withSpan(in: packet) { K.of($0) } }
    func checksum<K: Checksum, M: Message>(_ kind: K.Type, of message: M) -> UInt64 {
        K.of(message.encoded(from: packet).span.bytes)
    }
    func wants(_ name: StaticString) -> Bool { interest?.contains { name.equals($0.name) } ?? true }
    @_lifetime(self: copy self)
    mutating func add(
        _ name: StaticString, _ content: TypedValue?, _ type: (any Leaf.Type)?, isOptional: Bool,
        preset: TypedValue? = nil
    ) {
        members.append(
            .init(name: name.description, content: content, type: type, isOptional: isOptional, preset: preset))
    }
    @_lifetime(self: copy self)
    mutating func show<M: Message>(_ name: StaticString, _ m: inout M) -> TypedValue {
        let outer = (members, interest)
        members = []
        if let wanted = interest {
            interest = Pattern.all(wanted.lazy.filter { name.equals($0.name) }.map(\.pattern)).interest
        }
        m.code(&self)
        let inner = members
        (members, interest) = outer
        return .group(inner)
    }
    @_lifetime(self: copy self)
    mutating func leaf<V: Leaf>(_ name: StaticString, _ value: inout V, _ layout: Layout) {
        guard wants(name) else { return }
        add(name, .leaf(value.value(in: packet), V.self), V.self, isOptional: false)
    }
    @_lifetime(self: copy self)
    mutating func maybe<V: Leaf>(_ name: StaticString, _ value: inout V?, _ layout: Layout) {
        guard wants(name) else { return }
        var content: TypedValue?
        if let v = value { content = .leaf(v.value(in: packet), V.self) }
        var preset: TypedValue?
        // If a field without explicit presence is missing, it has its default.
        if case .tag(_, .implicit, _) = layout { preset = .leaf(V().value(in: packet), V.self) }
        add(name, content, V.self, isOptional: true, preset: preset)
    }
    /// Collects a constant. If it is unset, its expected text is collected, because that is written.
    @_lifetime(self: copy self)
    mutating func constant(_ name: StaticString, _ value: inout Text?, _ expected: StaticString) {
        guard wants(name) else { return }
        let shown = value.map { $0.value(in: packet) } ?? .text(expected.description)
        add(name, .leaf(shown, Text.self), Text.self, isOptional: false)
    }
    @_lifetime(self: copy self)
    mutating func leaves<V: Leaf>(_ name: StaticString, _ values: inout [V], _ layout: Layout) {
        guard wants(name) else { return }
        var items: [TypedValue] = []
        for v in values { items.append(.leaf(v.value(in: packet), V.self)) }
        add(name, .list(items, V.self), V.self, isOptional: layout.isTagged)
    }
    /// Collects a JSON list. An empty list differs from a missing one.
    @_lifetime(self: copy self)
    mutating func member<V: MemberValue>(_ name: StaticString, _ values: inout [V]?) {
        guard wants(name) else { return }
        guard var list = values else { return add(name, nil, V.self, isOptional: true) }
        leaves(name, &list, .counted)
    }
    @_lifetime(self: copy self)
    mutating func member<M: Message>(_ name: StaticString, _ values: inout [M]?) {
        guard wants(name) else { return }
        guard var list = values else { return add(name, nil, nil, isOptional: true) }
        groups(name, &list, .counted)
    }
    @_lifetime(self: copy self)
    mutating func computed<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ layout: Layout, as now: () -> V
    ) {
        guard wants(name) else { return }
        add(name, .leaf((value.stored ?? now()).value(in: packet), V.self), V.self, isOptional: false)
    }
    @_lifetime(self: copy self)
    mutating func group<M: Message>(_ name: StaticString, _ value: inout M) {
        if wants(name) { add(name, show(name, &value), nil, isOptional: false) }
    }
    @_lifetime(self: copy self)
    mutating func maybe<M: Message>(_ name: StaticString, group: inout M?, like: () -> M, _ layout: Layout) {
        guard wants(name) else { return }
        var content: TypedValue?
        if var m = group { content = show(name, &m) }
        add(name, content, nil, isOptional: true)
    }
    @_lifetime(self: copy self)
    mutating func groups<M: Message>(_ name: StaticString, _ values: inout [M], _ layout: Layout) {
        guard wants(name) else { return }
        var items: [TypedValue] = []
        for i in values.indices { items.append(show(name, &values[i])) }
        add(name, .list(items, nil), nil, isOptional: layout.isTagged)
    }
}

extension Pattern {
    /// The members of a group that this pattern uses; nil: every member. For a list, these are the members of its
    /// elements.
    var interest: [Field]? {
        switch self {
        case .any, .length: []
        case .fields(let fields, isClosed: false): fields
        case .not(let p), .optional(let p), .contains(let p), .each(let p), .first(let p): p.interest
        case .all(let patterns), .items(let patterns), .unordered(let patterns):
            patterns.reduce(into: [] as [Field]?) { all, p in
                if let more = p.interest { all?.append(contentsOf: more) } else { all = nil }
            }
        default: nil
        }
    }
}

extension StaticString {
    /// Returns true if the texts are equal; compares without allocating.
    public func isSame(as other: StaticString) -> Bool {
        let count = utf8CodeUnitCount
        guard count == other.utf8CodeUnitCount else { return false }
        let (a, b) = (utf8Start, other.utf8Start)
        guard a != b else { return true }
        for i in 0..<count where a[i] != b[i] { return false }
        return true
    }
    /// Returns true if the texts are equal; compares without allocating.
    public func equals(_ s: String) -> Bool {
        withUTF8Buffer { name in
            s.utf8.withContiguousStorageIfAvailable { $0.elementsEqual(name) } ?? s.utf8.elementsEqual(name)
        }
    }
}
