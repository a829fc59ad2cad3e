internal import Capture
internal import Text
internal import Wire

/// The meanings of the fields of a message, for people. Fields are identified by their position, including nested
/// fields. Fields without a special meaning are not included.
///
/// It is a class because it is used for each field that is shown, and it never changes.
final class MeaningTree: Sendable {
    private struct Field: Sendable {
        var name: [UInt8] = []
        var meaning: FieldMeaning?
        /// True if the field has no special meaning. It is checked for each field.
        var isPlain = true
        /// Appends the bytes cut for a list, as `FieldForm` defines it; nil if they have no text form.
        var writeShort: (@Sendable (RawSpan, inout OutputBuffer) -> Bool)?
        /// The indices of the nested fields. They are few, so the search is linear.
        var inner = 0..<0
    }
    /// The index of the message itself, which contains all its fields.
    static let message = 0
    private let fields: [Field]
    /// A short form of each name, which distinguishes most names.
    private let marks: [UInt32]

    /// Makes the tree of all fields of a message.
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
    /// Returns the index of a field in another field; -1 if the field has no meaning.
    func place(of name: StaticString, in around: Int) -> Int {
        let count = name.utf8CodeUnitCount
        guard around >= 0, count > 0, fields.count > 1 else { return -1 }
        let mark = Self.mark(count, name.utf8Start[0], name.utf8Start[count - 1])
        let inner = fields[around].inner
        // If two fields have the same name, the last one counts.
        var i = inner.upperBound
        while i > inner.lowerBound {
            i &-= 1
            if marks[i] == mark, name.isWord(fields[i].name) { return i }
        }
        return -1
    }
    /// Returns the meaning of the field at an index; nil if it has no special meaning.
    func meaning(at place: Int) -> FieldMeaning? { place >= 0 ? fields[place].meaning : nil }
    /// Returns whether the field at an index has no special meaning.
    func isPlain(at place: Int) -> Bool { place < 0 || fields[place].isPlain }
    /// Appends the bytes cut for a list if the field at an index has its own text form. Otherwise appends nothing and
    /// returns false.
    func writeShort(_ bytes: RawSpan, at place: Int, to out: inout OutputBuffer) -> Bool {
        place >= 0 && fields[place].writeShort?(bytes, &out) ?? false
    }
    /// Returns the value of the leaf `i` in one line, in the form of `FieldText.line`.
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
    /// Returns the meaning of the leaf `i`; nil if it has no special meaning.
    func meaning(of i: Int, _ dissection: Dissection) -> FieldMeaning? { meaning(at: place(of: i, dissection)) }
    private func place(of i: Int, _ dissection: Dissection) -> Int {
        guard fields.count > 1 else { return -1 }
        let node = dissection.nodes[i]
        let around = node.parent >= 0 ? place(of: Int(node.parent), dissection) : Self.message
        return node.name.utf8CodeUnitCount > 0 ? place(of: node.name, in: around) : around
    }
}

/// The trees of the message types in use.
struct MeaningTrees {
    /// The trees are few, so the search is linear.
    private var known: [(type: ObjectIdentifier, tree: MeaningTree)] = []
    /// The index of the tree of the previous message.
    private var recent = 0

    /// Returns the tree of a message type; nil if there is no type.
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
