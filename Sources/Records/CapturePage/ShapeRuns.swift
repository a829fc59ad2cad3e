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
