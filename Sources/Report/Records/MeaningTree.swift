internal import Capture
internal import Wire

/// What the fields of a message stand for, for people: a field in its place, and those in it. Of fields that are just
/// what they are there is nothing here.
///
/// A class: it is asked for each field that is shown, and never changes.
final class MeaningTree: Sendable {
    private struct Field: Sendable {
        var name: [UInt8] = []
        var meaning: FieldMeaning?
        /// It is just what it is; asked of each field.
        var isPlain = true
        /// Appends bytes cut for a list, as of `FieldForm`; nil where they have no text of their own.
        var writeShort: (@Sendable (RawSpan, inout OutputBuffer) -> Bool)?
        /// Where those in it stand. Few: looked through one by one.
        var inner = 0..<0
    }
    /// The message itself stands for all of its fields.
    static let message = 0
    private let fields: [Field]
    /// Of each its name in short: most are told apart by that.
    private let marks: [UInt32]

    /// Of all fields of a message.
    init(_ type: any Message.Type) {
        var all = [Field()]
        Self.add(type.describe(), to: Self.message, &all)
        fields = all
        marks = all.map { Self.mark($0.name.count, $0.name.first ?? 0, $0.name.last ?? 0) }
    }
    @inline(__always)
    private static func mark(_ count: Int, _ first: UInt8, _ last: UInt8) -> UInt32 {
        UInt32(truncatingIfNeeded: count) << 16 | UInt32(first) << 8 | UInt32(last)
    }
    private static func add(_ inner: [FieldInfo], to around: Int, _ all: inout [Field]) {
        let told = inner.filter(isTold)
        let start = all.count
        for field in told {
            var own = Field(
                name: Array(field.name.utf8), meaning: field.meaning, isPlain: field.meaning == nil)
            if case .form(let form)? = field.meaning { own.writeShort = form.writeShort }
            all.append(own)
        }
        all[around].inner = start..<all.count
        for (i, field) in told.enumerated() { add(field.fields, to: start + i, &all) }
    }
    private static func isTold(_ field: FieldInfo) -> Bool {
        field.meaning != nil || field.fields.contains(where: isTold)
    }
    /// Where a field stands, of those in another; -1 where there is nothing of it.
    func place(of name: StaticString, in around: Int) -> Int {
        let count = name.utf8CodeUnitCount
        guard around >= 0, count > 0, fields.count > 1 else { return -1 }
        let mark = Self.mark(count, name.utf8Start[0], name.utf8Start[count - 1])
        let inner = fields[around].inner
        // Of two the last counts.
        var i = inner.upperBound
        while i > inner.lowerBound {
            i &-= 1
            if marks[i] == mark, name.isWord(fields[i].name) { return i }
        }
        return -1
    }
    /// What the field at a place stands for; nil where it is just what it is.
    func meaning(at place: Int) -> FieldMeaning? { place >= 0 ? fields[place].meaning : nil }
    /// Whether the field at a place is just what it is.
    func isPlain(at place: Int) -> Bool { place < 0 || fields[place].isPlain }
    /// Appends bytes cut for a list, where the field at a place is one that has a text of its own; else nothing, and
    /// false.
    func writeShort(_ bytes: RawSpan, at place: Int, to out: inout OutputBuffer) -> Bool {
        place >= 0 && fields[place].writeShort?(bytes, &out) ?? false
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
    func meaning(of i: Int, _ dissection: Dissection) -> FieldMeaning? { meaning(at: place(of: i, dissection)) }
    private func place(of i: Int, _ dissection: Dissection) -> Int {
        guard fields.count > 1 else { return -1 }
        let node = dissection.nodes[i]
        let around = node.parent >= 0 ? place(of: Int(node.parent), dissection) : Self.message
        return node.name.utf8CodeUnitCount > 0 ? place(of: node.name, in: around) : around
    }
}

/// Those of the messages that were met.
struct MeaningTrees {
    /// Few: looked through one by one.
    private var known: [(type: ObjectIdentifier, tree: MeaningTree)] = []
    /// Where that of the message before stands.
    private var recent = 0

    /// That of a message; nil of none.
    mutating func of(_ type: (any Message.Type)?) -> MeaningTree? {
        guard let type else { return nil }
        let id = ObjectIdentifier(type)
        if recent < known.count, known[recent].type == id { return known[recent].tree }
        if let i = known.firstIndex(where: { $0.type == id }) {
            recent = i
            return known[i].tree
        }
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
        case (.form(let form), .bytes(let bytes)): return form.short(bytes)
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
