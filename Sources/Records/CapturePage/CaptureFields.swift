internal import Capture
internal import Crypto
internal import Node
internal import Text
internal import Wire

/// The fields and bytes of the records of a chunk.
///
/// `shape` and `layout` are indices in `CaptureShapes` for each record, -1 if the record has no fields. `values` has
/// the values of each record that cannot be read from its bytes. `bytes` has all bytes in base 64.
struct CaptureFields {
    /// The maximum number of fields of one record.
    static let maximum = 20_000

    private(set) var bytes: [UInt8] = []
    private var shape: [UInt8] = []
    private var layout: [UInt8] = []
    private var values: [UInt8] = []

    /// Adds the fields of a record. Bytes that are not a message have no fields.
    mutating func add(
        _ dissection: Dissection?, meaning: MeaningTree?, in bytes: RawSpan, with shapes: inout CaptureShapes
    ) {
        if !shape.isEmpty {
            for column in [\Self.shape, \.layout, \.values] { self[keyPath: column].append(UInt8(ascii: ",")) }
        }
        bytes.withUnsafeBytes { self.bytes.append(contentsOf: $0) }
        guard let dissection else {
            shape += "-1".utf8
            layout += "-1".utf8
            values += "[]".utf8
            return
        }
        var fields: [ShapeField] = []
        var places: [Int] = []
        var told: [Value] = []
        for (i, node) in dissection.nodes.prefix(Self.maximum).enumerated() {
            var field = ShapeField(
                name: node.name.utf8CodeUnitCount > 0 ? node.name.description : "", depth: node.depth,
                index: node.index, kind: node.shape == .list ? 1 : 0, source: 0)
            if node.shape == .leaf {
                value(i, node, of: dissection, meaning: meaning, in: bytes, into: &field, told: &told, with: &shapes)
            }
            fields.append(field)
            places += [node.range.lowerBound, node.range.upperBound, node.content.lowerBound]
        }
        shape += String(shapes.place(of: fields)).utf8
        layout += String(shapes.place(of: places, fields)).utf8
        PageText.json(.list(told), to: &values)
    }
    /// Adds the value of a leaf. If the bytes contain the value, only their position is stored.
    private mutating func value(
        _ i: Int, _ node: Dissection.Node, of dissection: Dissection, meaning: MeaningTree?, in bytes: RawSpan,
        into field: inout ShapeField, told: inout [Value], with shapes: inout CaptureShapes
    ) {
        let value = dissection.value(of: i, in: bytes)
        let kind = node.type.kind
        field.kind = Self.number(kind)
        if let meaning = meaning?.meaning(of: i, dissection) {
            field.meaning = shapes.place(of: meaning)
        }
        let content = node.range.upperBound <= bytes.byteCount ? node.content : 0..<0
        switch (kind, value) {
        case (.code(_, let names), _):
            field.codes = shapes.place(of: names)
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
    /// Writes everything as one object.
    func write(to out: inout [UInt8]) {
        out += "{".utf8
        for (name, text) in [("shape", shape), ("layout", layout), ("values", values)] {
            out += "\"\(name)\":[".utf8
            out += text
            out += "],".utf8
        }
        out += "\"bytes\":\"".utf8
        out += Base64.encode(bytes).utf8
        out += "\"}".utf8
    }
}
