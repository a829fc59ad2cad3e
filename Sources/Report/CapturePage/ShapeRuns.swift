/// Elements of a list that are alike stand in a shape once, with how many follow.
///
/// In the list of a shape, two numbers where a name would be: so many more times the fields before, of which there are
/// so many; the first of them has an index that is one more each time. In that of a layout, three numbers of which the
/// first is below zero: minus so many times, so many fields, and so many bytes further each time.
enum ShapeRuns {
    /// Fields that come again: from `start` on, `count` of them, `times` more.
    struct Run: Equatable {
        var start: Int
        var count: Int
        var times: Int
    }
    /// All runs of a shape, in order; none is in another.
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
            while isAgain(fields, i, count, times + 1) { times += 1 }
            guard times > 0 else {
                i += 1
                continue
            }
            runs.append(Run(start: i, count: count, times: times))
            i += count * (times + 1)
        }
        return runs
    }
    private static func isAgain(_ fields: [ShapeField], _ start: Int, _ count: Int, _ times: Int) -> Bool {
        let next = start + count * times
        guard next + count <= fields.count else { return false }
        // What is deeper behind it belongs to it too.
        guard next + count == fields.count || fields[next + count].depth <= fields[start].depth else { return false }
        return (0..<count).allSatisfy { k in
            var wanted = fields[start + k]
            if k == 0 { wanted.index += Int32(times) }
            return fields[next + k] == wanted
        }
    }
    /// Numbers of a layout, three for each field, with these runs as far as their bytes come at one distance.
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
