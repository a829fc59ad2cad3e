internal import Node
internal import Text
internal import Wire

/// The parts that similar messages share: the fields and their positions. Each part is written once, in the first chunk
/// that needs it. When all parts together become too large, a new `epoch` begins, and parts are written again when
/// needed.
///
/// `shapes` has seven values for each field:
/// - name, depth, index in its list (otherwise -1)
/// - kind: 0 group, 1 list, 2 unsigned, 3 signed, 4 float, 5 bool, 6 code, 7 bytes, 8 text, 9 JSON
/// - source of the value: 0 no value, 1 the bytes of its content, 2 their text, 3 `values` of the chunk
/// - index of its names in `codes`, and index of its meaning in `meanings` (otherwise -1)
///
/// `layouts` has the start, the end and the start of the content for each field. In both, runs of similar elements are
/// stored once (`ShapeRuns`).
struct CaptureShapes {
    /// The number of text bytes of an epoch. The keys take about four times as much memory.
    static let limit = 16 << 20

    private var shapes = SharedValues<[ShapeField]>()
    private var layouts = SharedValues<[Int]>()
    private var codes = SharedValues<[CodeName]>()
    private var meanings = SharedValues<FieldMeaning>()
    private var epoch = 0
    private var written = 0

    mutating func place(of shape: [ShapeField]) -> Int { shapes.place(of: shape) { .list(Self.values(shape)) } }
    /// Returns the index of a layout. `shape` has its fields.
    mutating func place(of layout: [Int], _ shape: [ShapeField]) -> Int {
        layouts.place(of: layout) { .list(ShapeRuns.layout(layout, ShapeRuns.all(shape)).map { Value(Int64($0)) }) }
    }
    mutating func place(of names: [CodeName]) -> Int { codes.place(of: names) { TaggedValue.of(names) } }
    mutating func place(of meaning: FieldMeaning) -> Int {
        meanings.place(of: meaning) { TaggedValue.of(meaning) }
    }
    private static func values(_ shape: [ShapeField]) -> [Value] {
        var out: [Value] = []
        var done = 0
        for run in ShapeRuns.all(shape) {
            out += shape[done..<run.start + run.count].flatMap(value)
            out += [.number(run.times), .number(run.count)]
            done = run.start + run.count * (run.times + 1)
        }
        return out + shape[done...].flatMap(value)
    }
    private static func value(_ field: ShapeField) -> [Value] {
        [
            .text(field.name), Value(Int64(field.depth)), Value(Int64(field.index)), .number(field.kind),
            .number(field.source), Value(Int64(field.codes)), Value(Int64(field.meaning)),
        ]
    }
    /// Writes the new parts since the last call as one object.
    mutating func write(to out: inout [UInt8]) {
        let lists = [
            ("codes", codes.take()), ("meanings", meanings.take()), ("shapes", shapes.take()),
            ("layouts", layouts.take()),
        ]
        out += "{\"epoch\":\(epoch)".utf8
        for (name, text) in lists {
            out += ",\"\(name)\":[".utf8
            out += text
            out.append(UInt8(ascii: "]"))
            written += text.count
        }
        out.append(UInt8(ascii: "}"))
        guard written > Self.limit else { return }
        let next = epoch + 1
        self = CaptureShapes()
        epoch = next
    }
}
