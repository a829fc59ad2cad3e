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

/// The run-length encoding of similar list elements in a shape.
///
/// In the list of a shape, a run is two numbers in place of a name: the number of repetitions and the number of
/// preceding fields that are repeated. The first of these fields has an index that grows by one with each repetition.
/// In the list of a layout, a run is three numbers: the negative number of repetitions, the number of fields, and the
/// distance in bytes between repetitions.
enum ShapeRuns {
    /// A run of repeated fields: `count` fields from `start` on, repeated `times` times.
    struct Run: Equatable {
        var start: Int
        var count: Int
        var times: Int
    }
    /// Returns all runs of a shape in order. Runs are not nested.
    static func all(_ fields: [ShapeField]) -> [Run] {
        var runs: [Run] = []
        var i = 0
        while i < fields.count {
            guard fields[i].index >= 0 else {
                i += 1
                continue
            }
            var count = 1
            while i + count < fields.count, fields[i + count].depth > fields[i].depth { count += 1 }
            var times = 0
            while isAgain(fields, from: i, count: count, times: times + 1) { times += 1 }
            guard times > 0 else {
                i += 1
                continue
            }
            runs.append(Run(start: i, count: count, times: times))
            i += count * (times + 1)
        }
        return runs
    }
    private static func isAgain(_ fields: [ShapeField], from start: Int, count: Int, times: Int) -> Bool {
        let next = start + count * times
        guard next + count <= fields.count else { return false }
        // Deeper fields after it belong to it too.
        guard next + count == fields.count || fields[next + count].depth <= fields[start].depth else { return false }
        return (0..<count).allSatisfy { k in
            var wanted = fields[start + k]
            if k == 0 { wanted.index += Int32(times) }
            return fields[next + k] == wanted
        }
    }
    /// Returns the numbers of a layout, three for each field. A run is used if the distance between its repetitions is
    /// constant.
    static func layout(_ places: [Int], _ runs: [Run]) -> [Int] {
        var out: [Int] = []
        var done = 0
        for run in runs {
            let (start, length) = (3 * run.start, 3 * run.count)
            let end = start + length * (run.times + 1)
            guard end <= places.count else { break }
            let distance = places[start + length] - places[start]
            let isEven = (length..<length * (run.times + 1)).allSatisfy {
                places[start + $0] - places[start + $0 - length] == distance
            }
            guard isEven, distance >= 0 else { continue }
            out += places[done..<start + length]
            out += [-run.times, run.count, distance]
            done = end
        }
        return out + places[done...]
    }
}
