internal import Capture
internal import Crypto
internal import Node
internal import Wire

/// Fields and bytes of the records of a chunk.
///
/// `shapes`: what messages alike share, seven values for each field: name, depth, index in its list (else -1), kind (0
/// group, 1 list, 2 unsigned, 3 signed, 4 float, 5 bool, 6 code, 7 bytes, 8 text, 9 JSON), where its value is (0 nowhere,
/// 1 the bytes of its content, 2 their text, 3 `values`), place of its names in `codes`, place of its meaning in
/// `meanings` (else -1). `layouts`: start, end and start of the content for each field. `shape` and `layout` say which
/// each record has, -1 for none. `values`: those of each record that its bytes do not tell. `bytes`: all bytes, in base 64.
struct CaptureFields {
    private struct Field: Hashable {
        var name: String
        var depth: Int32
        var index: Int32
        var kind: Int
        var source: Int
        var codes: Int
        var meaning: Int
    }
    private(set) var bytes: [UInt8] = []
    private var shapes = SharedValues<[Field]>()
    private var layouts = SharedValues<[Int]>()
    private var codes = SharedValues<[CodeName]>()
    private var meanings = SharedValues<FieldMeaning>()
    private var shape: [UInt8] = []
    private var layout: [UInt8] = []
    private var values: [UInt8] = []

    /// Takes the fields of a record, none of bytes that are no message.
    mutating func add(_ dissection: Dissection?, _ meaning: MeaningTree?, _ bytes: RawSpan) {
        if !shape.isEmpty { for column in [\Self.shape, \.layout, \.values] { self[keyPath: column].append(UInt8(ascii: ",")) } }
        bytes.withUnsafeBytes { self.bytes.append(contentsOf: $0) }
        guard let dissection else {
            shape += "-1".utf8
            layout += "-1".utf8
            values += "[]".utf8
            return
        }
        var fields: [Field] = []
        var places: [Int] = []
        var told: [Value] = []
        for (i, node) in dissection.nodes.prefix(CapturePageRenderer.maximumFields).enumerated() {
            var field = Field(
                name: node.name.utf8CodeUnitCount > 0 ? node.name.description : "", depth: node.depth,
                index: node.index, kind: node.shape == .list ? 1 : 0, source: 0, codes: -1, meaning: -1)
            if node.shape == .leaf { value(i, node, dissection, meaning, bytes, &field, &told) }
            fields.append(field)
            places += [node.range.lowerBound, node.range.upperBound, node.content.lowerBound]
        }
        let shape = shapes.place(of: fields) { .list(fields.flatMap(Self.value)) }
        let layout = layouts.place(of: places) { .list(places.map { .number($0) }) }
        self.shape += String(shape).utf8
        self.layout += String(layout).utf8
        PageText.json(.list(told), to: &values)
    }
    /// What a leaf holds: where its bytes say it, just that.
    private mutating func value(
        _ i: Int, _ node: Dissection.Node, _ dissection: Dissection, _ meaning: MeaningTree?, _ bytes: RawSpan,
        _ field: inout Field, _ told: inout [Value]
    ) {
        let value = dissection.value(of: i, in: bytes)
        let kind = node.type.kind
        field.kind = Self.number(kind)
        if let meaning = meaning?.meaning(of: i, dissection) {
            field.meaning = meanings.place(of: meaning) { CaptureSchema.value(meaning) }
        }
        let content = node.range.upperBound <= bytes.byteCount ? node.content : 0..<0
        switch (kind, value) {
        case (.code(_, let names), _):
            field.codes = codes.place(of: names) { CaptureSchema.codes(names) }
            told.append(TaggedValue.of(.uint(node.number)))
        case (_, .bytes(let b)) where bytes.extracting(content).withUnsafeBytes({ $0.elementsEqual(b) }):
            field.source = 1
            return
        case (.text, .text(let s)) where bytes.extracting(content).withUnsafeBytes({ $0.elementsEqual(s.utf8) }):
            field.source = 2
            return
        default: told.append(TaggedValue.of(value))
        }
        field.source = 3
    }
    private static func number(_ kind: Kind) -> Int {
        switch kind {
        case .uint: 2
        case .int: 3
        case .float: 4
        case .bool: 5
        case .code: 6
        case .bytes: 7
        case .text: 8
        case .json: 9
        }
    }
    private static func value(_ field: Field) -> [Value] {
        [
            .text(field.name), Value(Int64(field.depth)), Value(Int64(field.index)), .number(field.kind),
            .number(field.source), Value(Int64(field.codes)), Value(Int64(field.meaning)),
        ]
    }
    /// All of it as one object.
    func write(to out: inout [UInt8]) {
        let lists = [
            ("codes", codes.text), ("meanings", meanings.text), ("shapes", shapes.text), ("layouts", layouts.text),
            ("shape", shape), ("layout", layout), ("values", values),
        ]
        for (name, text) in lists {
            out += name == "codes" ? "{\"codes\":[".utf8 : ",\"\(name)\":[".utf8
            out += text
            out.append(UInt8(ascii: "]"))
        }
        out += ",\"bytes\":\"".utf8
        out += Base64.encode(bytes).utf8
        out += "\"}".utf8
    }
}
