internal import Capture
internal import Wire

/// What the fields of a message stand for, for people: a field in its place, and those in it. Of fields that are just
/// what they are there is nothing here.
///
/// A class: it is asked for each field that is shown, and never changes.
final class MeaningTree: Sendable {
    private let name: [UInt8]
    let meaning: FieldMeaning?
    /// Bytes cut for a list; nil where they have no text of their own.
    let short: (@Sendable (RawSpan) -> String?)?
    /// Few: looked through one by one.
    private let fields: [MeaningTree]

    /// Of all fields of a message.
    init(_ type: any Message.Type) {
        (name, meaning, short, fields) = ([], nil, nil, Self.fields(type.describe()))
    }
    private init(_ field: FieldInfo) {
        (name, meaning, fields) = (Array(field.name.utf8), field.meaning, Self.fields(field.fields))
        if case .form(let form)? = field.meaning { short = form.short } else { short = nil }
    }
    private static func fields(_ all: [FieldInfo]) -> [MeaningTree] {
        all.map { MeaningTree($0) }.filter { $0.meaning != nil || !$0.fields.isEmpty }
    }
    /// That of a field in it.
    subscript(name: StaticString) -> MeaningTree? {
        for i in fields.indices.reversed() where name.isWord(fields[i].name) { return fields[i] }
        return nil
    }
    /// A value of the leaf `i` in one line, as `FieldText.line` has it.
    func line(of i: Int, _ dissection: Dissection, _ bytes: RawSpan) -> String {
        let value = dissection.value(of: i, in: bytes)
        let meaning = meaning(of: i, dissection)
        if case .related(let relation)? = meaning, case .uint(let n) = value {
            let beside = dissection.nodes.indices.filter { dissection.nodes[$0].parent == dissection.nodes[i].parent }
            let values = relation.fields.compactMap { name in
                beside.first { dissection.nodes[$0].name.description == name }
                    .map { dissection.value(of: $0, in: bytes) }
            }
            return relation.text(of: n, with: values)
        }
        return meaning?.shown(value) ?? FieldText.line(value)
    }
    /// What the leaf `i` stands for; nil where it is just what it is.
    func meaning(of i: Int, _ dissection: Dissection) -> FieldMeaning? { field(i, dissection)?.meaning }
    private func field(_ i: Int, _ dissection: Dissection) -> MeaningTree? {
        guard !fields.isEmpty else { return nil }
        let node = dissection.nodes[i]
        let around = node.parent >= 0 ? field(Int(node.parent), dissection) : self
        return node.name.utf8CodeUnitCount > 0 ? around?[node.name] : around
    }
}

/// Those of the messages that were met.
struct MeaningTrees {
    /// Few: looked through one by one.
    private var known: [(type: ObjectIdentifier, tree: MeaningTree)] = []

    /// That of a message; nil of none.
    mutating func of(_ type: (any Message.Type)?) -> MeaningTree? {
        guard let type else { return nil }
        let id = ObjectIdentifier(type)
        for i in known.indices where known[i].type == id { return known[i].tree }
        let tree = MeaningTree(type)
        known.append((id, tree))
        return tree
    }
}

extension FieldMeaning {
    /// A value in full, with the number or the bytes where that is what other output has; nil where nothing is added.
    func shown(_ value: Value) -> String? {
        switch (self, value) {
        case (.time, _): time(value).map { "\(FieldText.whole(value)) (\($0))" }
        case (.form(let form), .bytes(let bytes)):
            form.text(bytes).map { form.isLong ? "\($0) (\(bytes.hex))" : $0 }
        default: text(of: value)
        }
    }
    /// A value cut for a list; nil where nothing is added.
    func short(_ value: Value) -> String? {
        switch (self, value) {
        case (.bits(let names), .uint(let n)) where !names.isEmpty:
            return n == 0 ? "0" : Self.words(names, n)
        case (.amount(let unit, let decimals), .bytes(let bytes)):
            guard let n = Self.number(bytes) else { return nil }
            let text = Self.decimal(n, decimals)
            let whole = text.prefix { $0 != "." }
            let fraction = text.dropFirst(whole.count + 1)
            if n != 0, whole == "0", fraction.prefix(6).allSatisfy({ $0 == "0" }) { return "\(n)raw" }
            return fraction.count > 6 ? "\(whole).\(fraction.prefix(6))..\(unit)" : text + unit
        case (.time, _): return time(value)
        case (.form(let form), .bytes(let bytes)): return form.short(bytes.span.bytes)
        default: return text(of: value)
        }
    }
    private static func words(_ names: [BitName], _ n: UInt64) -> String {
        // `0x0005 (query, v2)` without what the names say already.
        let text = names.text(of: n)
        guard let open = text.firstIndex(of: "("), !text.hasSuffix("unknown)") else { return text }
        return text[text.index(after: open)...].dropLast().split(separator: ", ").joined(separator: "|")
    }
    /// A number of steps since 1970 as a date; nil for anything else, and beyond what a date is told of.
    private func time(_ value: Value) -> String? {
        guard case .time(let step) = self, let n = value.signedInteger else { return nil }
        let (nanoseconds, over) = n.multipliedReportingOverflow(by: step)
        return over || n == 0 ? nil : Timestamp(nanoseconds: nanoseconds).description
    }
}
