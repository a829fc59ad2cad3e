/// A description of one field, for documentation, schemas and loaders.
public struct FieldInfo: Hashable, Sendable {
    /// A single value, or fields of its own.
    public enum Shape: Hashable, Sendable {
        /// A value of this kind.
        case leaf(Kind)
        /// These fields, in order.
        case group([FieldInfo])
    }
    /// The name, as used in a path.
    public var name: String
    /// The layout of the field on the wire.
    public var layout: Layout
    /// The content of the field; for a list, of each of its elements.
    public var shape: Shape
    /// True if the message may lack the field.
    public var isOptional = false
    /// True if the field may occur any number of times.
    public var isList = false
    /// True if the field is computed when encoded, unless it is given: a length, a count, a checksum, flag bits.
    public var isDerived = false
    /// True if the value is computed and no part of the message (`ComputedLeaf`).
    public var isComputed = false
    /// True if only some forms of the message have the field.
    public var isConditional = false
    /// The meaning of the value, if its kind does not show it.
    public var meaning: FieldMeaning?

    /// The kind of value in a leaf; nil for a group.
    public var kind: Kind? { if case .leaf(let kind) = shape { kind } else { nil } }
    /// The fields of a group; empty for a leaf.
    public var fields: [FieldInfo] { if case .group(let fields) = shape { fields } else { [] } }
    /// The layout of a number; nil if the field does not determine it.
    public var encoding: Encoding? {
        switch layout {
        case .fixed(let e): e
        case .constant(let e): e
        case .tag(_, _, let wireType): wireType == 0 ? .varint : wireType == 2 ? nil : .little
        case .counted where isList: if case .group = shape { nil } else { .big }
        case .bits, .counted, .member, .implied: nil
        }
    }
    /// The number of bytes on the wire, if it is the same for every value; for a list, of one element. Nil if it
    /// varies, and for parts of a byte.
    public var byteCount: Int? { bitCount.flatMap { $0 % 8 == 0 ? $0 / 8 : nil } }

    /// The number of bits on the wire, if it is the same for every value; for a list, of one element. Nil if it varies.
    public var bitCount: Int? {
        switch (layout, shape) {
        case (.implied, _): return 0
        case (.bits(let n), _): return n
        case (.tag(_, _, 1), _): return 64
        case (.tag(_, _, 5), _): return 32
        case (.tag, _), (.member, _): return nil
        case (_, .group(let fields)):
            var sum = 0
            for f in fields {
                guard !f.isOptional, !f.isConditional, !f.isList, let n = f.bitCount else { return nil }
                sum += n
            }
            return fields.isEmpty ? nil : sum
        case (.fixed(.varint), _), (.constant(.varint), _), (.constant(nil), _): return nil
        case (_, .leaf(.uint(let bits))), (_, .leaf(.code(let bits, _))): return bits
        case (_, .leaf(.bytes(let count))): return count.map { $0 * 8 }
        case (_, .leaf(.int)), (_, .leaf(.float)), (_, .leaf(.bool)), (_, .leaf(.text)), (_, .leaf(.json)): return nil
        }
    }
}

/// A visitor that lists the fields of a message in one of its forms.
struct Describer: TreeCoder {
    var fields: [FieldInfo] = []
    /// The types that are being described, outermost first. A type that contains itself is not entered again.
    var open: [ObjectIdentifier]
    var meanings: [String: FieldMeaning]
    /// True to list computed values too.
    var listsComputed: Bool

    mutating func add(_ name: StaticString, _ layout: Layout, _ shape: FieldInfo.Shape) -> Int {
        var shape = shape
        if case .bits(let n) = layout, case .leaf(let kind) = shape { shape = .leaf(kind.narrowed(to: n)) }
        let text = name.description
        fields.append(FieldInfo(name: text, layout: layout, shape: shape, meaning: meanings[text]))
        return fields.count - 1
    }
    func shape<M: Message>(_: M.Type) -> FieldInfo.Shape { .group(M.describe(within: open, computed: listsComputed)) }

    mutating func leaf<V: Leaf>(_ name: StaticString, _ value: inout V, _ layout: Layout) {
        _ = add(name, layout, .leaf(V.kind))
    }
    mutating func maybe<V: Leaf>(_ name: StaticString, _ value: inout V?, _ layout: Layout) {
        fields[add(name, layout, .leaf(V.kind))].isOptional = layout != .constant(nil)
    }
    mutating func leaves<V: Leaf>(_ name: StaticString, _ values: inout [V], _ layout: Layout) {
        fields[add(name, layout, .leaf(V.kind))].isList = true
    }
    mutating func computed<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ layout: Layout, as now: () -> V
    ) {
        fields[add(name, layout, .leaf(V.kind))].isDerived = true
    }
    mutating func computed<V: ComputedLeaf>(_ name: StaticString, _ type: V.Type, last count: @autoclosure () -> Int) {
        if listsComputed { fields[add(name, .implied, .leaf(V.kind))].isComputed = true }
    }
    mutating func group<M: Message>(_ name: StaticString, _ value: inout M) {
        _ = add(name, .counted, shape(M.self))
    }
    mutating func maybe<M: Message>(_ name: StaticString, group: inout M?, like: () -> M, _ layout: Layout) {
        fields[add(name, layout, shape(M.self))].isOptional = true
    }
    mutating func groups<M: Message>(_ name: StaticString, _ values: inout [M], _ layout: Layout) {
        fields[add(name, layout, shape(M.self))].isList = true
    }
}

extension Message {
    /// Returns the fields of all variants, in order; with `computed`, also the values that are computed from them.
    public static func describe(computed: Bool = false) -> [FieldInfo] { describe(within: [], computed: computed) }

    static func describe(within open: [ObjectIdentifier], computed: Bool) -> [FieldInfo] {
        guard !open.contains(ObjectIdentifier(Self.self)) else { return [] }
        var all: [FieldInfo] = []
        var isFirst = true
        let meanings = meanings
        for var m in variants {
            var d = Describer(open: open + [ObjectIdentifier(Self.self)], meanings: meanings, listsComputed: computed)
            m.code(&d)
            all = isFirst ? d.fields : merged(all, d.fields)
            isFirst = false
        }
        return all
    }
    /// Returns the merged fields of two forms. A field of the new form is inserted after the field that precedes it
    /// there. A field that only one form has is conditional.
    private static func merged(_ old: [FieldInfo], _ new: [FieldInfo]) -> [FieldInfo] {
        var all = old
        for i in all.indices where !new.contains(where: { $0.name == all[i].name }) { all[i].isConditional = true }
        var position = 0
        for var f in new {
            if let i = all.firstIndex(where: { $0.name == f.name }) {
                position = i + 1
            } else {
                f.isConditional = true
                all.insert(f, at: position)
                position += 1
            }
        }
        return all
    }
    /// Returns the field at a path such as `response.node_id`; indices such as `[0]` are skipped.
    public static func field(_ path: String) -> FieldInfo? {
        var fields = describe()
        var found: FieldInfo?
        for step in path.split(separator: ".") {
            let name = step.prefix { $0 != "[" }
            found = fields.first { $0.name == name }
            guard let f = found else { return nil }
            fields = f.fields
        }
        return found
    }
}

extension [FieldInfo] {
    /// Returns true if a field with this name is in the list or nested in one of the fields.
    public func has(_ name: String) -> Bool { contains { $0.name == name || $0.fields.has(name) } }
}
