/// A finder of the dependency of a number on the values that were read, by experiments.
struct ProgramFit {
    /// Returns the number for chosen inputs; nil if the step is not reached with them.
    let number: ([String: Int]) -> Int?
    /// The inputs that were tried, with the values of all controls and the number.
    let samples: [(inputs: [String: Int], values: [String: Int], number: Int)]
    /// The controls that alone can change the number, in the order in which they are read.
    let relevant: [Program.Control]
    /// True if the number is 1 or 0, for true or false.
    let isTruth: Bool

    /// Returns an expression that gives the number for all samples; nil if none was found.
    func expression() -> ProgramExpression? {
        guard let first = samples.first else { return nil }
        if samples.allSatisfy({ $0.number == first.number }) { return .constant(first.number) }
        if !isTruth {
            if let found = linear(relevant), holds(found) { return found }
            if relevant.count == 2 {
                let found = ProgramExpression.product(.control(relevant[0].key), .control(relevant[1].key))
                if holds(found) { return found }
            }
        }
        if isTruth, relevant.count == 2 {
            let difference = [
                ProgramExpression.control(relevant[0].key), .product(.control(relevant[1].key), .constant(-1)),
            ]
            let found = ProgramExpression.isIn(.sum(difference), [0...0])
            if holds(found) { return found }
        }
        if isTruth, relevant.count > 2, let found = limitOfSum(), holds(found) { return found }
        if relevant.count == 1, let found = single(relevant[0], first.inputs), holds(found) { return found }
        if isTruth, let found = combined(relevant), holds(found) { return found }
        for (i, control) in relevant.enumerated() {
            let others = relevant.enumerated().filter { $0.offset != i }.map(\.element)
            if let found = classes(of: control, others, first.inputs), holds(found) { return found }
        }
        return nil
    }
    private func holds(_ e: ProgramExpression) -> Bool { samples.allSatisfy { e.value($0.values) == $0.number } }

    /// Returns the number for all candidates of one control, with the other inputs as given.
    private func sweep(
        _ control: Program.Control, _ candidates: [Int], _ rest: [String: Int]
    ) -> [(value: Int, number: Int)] {
        var inputs = rest
        return candidates.compactMap { n in
            inputs[control.key] = n
            return number(inputs).map { (n, $0) }
        }
    }

    /// Returns a constant plus multiples of whole controls.
    private func linear(_ relevant: [Program.Control]) -> ProgramExpression? {
        let base = samples.first { sample in relevant.allSatisfy { sample.values[$0.key] != nil } }
        guard let base else { return nil }
        var parts: [ProgramExpression] = []
        var rest = base.number
        for control in relevant {
            guard let was = base.values[control.key] else { return nil }
            var inputs = base.inputs
            inputs[control.key] = was == 1 ? 2 : 1
            guard let changed = number(inputs), was != (was == 1 ? 2 : 1) else { return nil }
            let difference = changed &- base.number
            let by = (was == 1 ? 2 : 1) &- was
            let (factor, isTooLarge) = difference.dividedReportingOverflow(by: by)
            guard !isTooLarge, factor &* by == difference else { return nil }
            rest = rest &- factor &* was
            parts.append(factor == 1 ? .control(control.key) : .product(.control(control.key), .constant(factor)))
        }
        if rest != 0 { parts.append(.constant(rest)) }
        return parts.count == 1 ? parts[0] : .sum(parts)
    }
    /// Returns a limit of the sum of wide controls. Controls that are not read count as 0.
    private func limitOfSum() -> ProgramExpression? {
        let parts = relevant.filter { $0.isOpen }
        guard parts.count > 1,
            let base = samples.first(where: { s in s.number == 1 && parts.contains { s.values[$0.key] != nil } })
        else { return nil }
        let sum = ProgramExpression.sum(parts.map { .orZero($0.key) })
        let values = samples.map { (sum.value($0.values) ?? 0, $0.number) }
        let most = values.filter { $0.1 == 1 }.map(\.0).max() ?? 0
        let least = values.filter { $0.1 == 0 }.map(\.0).min() ?? 0
        // The limit is between the two. It is searched by changing one control.
        guard most < least, let control = parts.first(where: { base.values[$0.key] != nil }) else { return nil }
        let rest = (sum.value(base.values) ?? 0) &- (base.values[control.key] ?? 0)
        var (low, high, inputs) = (most, least, base.inputs)
        while let middle = Self.middle(low, high) {
            inputs[control.key] = middle &- rest
            guard let n = number(inputs) else { return nil }
            if n == 1 { low = middle } else { high = middle }
        }
        return .isIn(sum, [0...low])
    }
    /// Returns a conjunction or disjunction of conditions on one control each.
    private func combined(_ relevant: [Program.Control]) -> ProgramExpression? {
        guard relevant.count > 1 else { return nil }
        for wanted in [1, 0] {
            for sample in samples.filter({ $0.number == wanted }).prefix(6) {
                let parts = relevant.compactMap { single($0, sample.inputs) }
                guard parts.count == relevant.count else { continue }
                let usual = ProgramExpression.constant(wanted)
                let others = parts.filter { $0 != usual }
                let whole: ProgramExpression =
                    others.count == 1 ? others[0] : wanted == 1 ? .all(others) : .any(others)
                if holds(whole) { return whole }
            }
        }
        return nil
    }
    /// Returns a choice in which one control selects the dependency on the other one.
    private func classes(
        of control: Program.Control, _ others: [Program.Control], _ rest: [String: Int]
    ) -> ProgramExpression? {
        guard others.count == 1, let other = others.first, control.isNarrow else { return nil }
        var inputs = rest
        var found: [(ranges: [ClosedRange<Int>], value: ProgramExpression)] = []
        var signatures: [[Int?]: [Int]] = [:]
        // A few values from the whole range are tried. The result is later verified with all samples.
        let all = other.shortCandidates
        let trials = stride(from: 0, to: all.count, by: max(1, all.count / 12)).map { all[$0] }
        func signature(_ n: Int) -> [Int?] {
            inputs[control.key] = n
            return trials.map { trial in
                inputs[other.key] = trial
                return number(inputs)
            }
        }
        // If two values behave alike, the values between them are assumed to do so as well. Otherwise the change
        // between them is searched.
        let few = Set(control.shortCandidates + (0..<32)).filter { $0 >> control.bits <= 0 }.sorted()
        var known = few.map { (value: $0, signature: signature($0)) }
        for (a, b) in zip(known, known.dropFirst()) where a.signature != b.signature {
            var (low, high) = (a, b)
            while high.value - low.value > 1 {
                let middle = low.value + (high.value - low.value) / 2
                let found = (value: middle, signature: signature(middle))
                known.append(found)
                if found.signature == low.signature { low = found } else { high = found }
            }
        }
        let tried = known.map(\.value)
        for (value, signature) in known { signatures[signature, default: []].append(value) }
        guard signatures.count < 8 else { return nil }
        for values in signatures.values.sorted(by: { $0[0] < $1[0] }) {
            var base = rest
            base[control.key] = values[0]
            guard let e = single(other, base) else { return nil }
            found.append((Self.ranges(values, among: tried), e))
        }
        return choice(.control(control.key), found)
    }
    private func choice(
        _ of: ProgramExpression, _ all: [(ranges: [ClosedRange<Int>], value: ProgramExpression)]
    ) -> ProgramExpression {
        // The value that needs the most ranges becomes the default.
        let last = all.indices.max { all[$0].ranges.count <= all[$1].ranges.count } ?? 0
        let cases = all.indices.filter { $0 != last }.map {
            ProgramExpression.Case(ranges: all[$0].ranges, value: all[$0].value)
        }
        return .choice(of: of, cases, otherwise: all[last].value)
    }

    /// Returns the dependency on one control alone, with the other inputs as given.
    private func single(_ control: Program.Control, _ rest: [String: Int]) -> ProgramExpression? {
        if isTruth, control.bits > 8, let limit = limit(control, rest) { return limit }
        let tried = sweep(control, control.candidates, rest)
        if isTruth, control.bits > 8 {
            // The condition may be a lower or an upper limit.
            let fine = refined(tried, control, rest)
            let ranges = Self.ranges(fine.filter { $0.number == 1 }.map(\.value), among: fine.map(\.value))
            if ranges.isEmpty { return .constant(0) }
            if ranges.count == 1, Self.isUnsigned(ranges[0], control) {
                return ranges[0].lowerBound <= fine[0].value && ranges[0].upperBound == .max
                    ? .constant(1) : .isIn(.control(control.key), ranges)
            }
        }
        return byValue(control, tried)
    }
    /// Returns a lower or upper limit of the control, if a few values suggest nothing more complicated.
    private func limit(_ control: Program.Control, _ rest: [String: Int]) -> ProgramExpression? {
        let few = Set(control.shortCandidates).sorted()
        let fine = refined(sweep(control, few, rest), control, rest)
        let ranges = Self.ranges(fine.filter { $0.number == 1 }.map(\.value), among: fine.map(\.value))
        guard ranges.count == 1, Self.isUnsigned(ranges[0], control), let first = fine.first else { return nil }
        guard (ranges[0].lowerBound <= first.value) != (ranges[0].upperBound == .max) else { return nil }
        return .isIn(.control(control.key), ranges)
    }
    private func byValue(
        _ control: Program.Control, _ tried: [(value: Int, number: Int)], depth: Int = 0
    ) -> ProgramExpression? {
        guard let first = tried.first else { return nil }
        if tried.allSatisfy({ $0.number == first.number }) { return .constant(first.number) }
        if !isTruth, let e = bitwise(control, tried) { return e }
        let values = tried.map(\.value)
        if isTruth, control.bits <= 8 {
            let ranges = Self.ranges(tried.filter { $0.number == 1 }.map(\.value), among: values)
            if ranges.count <= 4 { return .isIn(.control(control.key), ranges) }
        }
        let deciding = decidingBits(control, tried)
        guard deciding != 0 else { return nil }
        if isTruth {
            // This is the part of the number with all significant bits.
            let low = deciding.trailingZeroBitCount
            let width = Int.bitWidth - deciding.leadingZeroBitCount - low
            if let ranges = ranges(tried, low, width), ranges.count <= 4 {
                return .isIn(.bits(control.key, low: low, width: width), ranges)
            }
        }
        guard depth < 3, !control.isOpen else { return nil }
        var best: ProgramExpression?
        for (low, width) in control.fields where deciding >> low & (1 << width - 1) != 0 {
            var groups: [Int: [(value: Int, number: Int)]] = [:]
            for t in tried { groups[ProgramExpression.bits(t.value, low, width), default: []].append(t) }
            var parts: [ProgramExpression: [Int]] = [:]
            var isWhole = groups.count == 1 << width
            for (n, group) in groups where isWhole {
                if let e = byValue(control, group, depth: depth + 1) {
                    parts[e, default: []].append(n)
                } else {
                    isWhole = false
                }
            }
            guard isWhole, parts.count > 1 else { continue }
            let all = Array(0..<1 << width)
            let e = choice(
                .bits(control.key, low: low, width: width),
                parts.map { (Self.ranges($0.value.sorted(), among: all), $0.key) }
                    .sorted { $0.ranges[0].lowerBound < $1.ranges[0].lowerBound })
            if best.map({ e.size < $0.size }) ?? true { best = e }
        }
        return best
    }
    /// Returns the bits that alone can change the number.
    private func decidingBits(_ control: Program.Control, _ tried: [(value: Int, number: Int)]) -> Int {
        let byValue = Dictionary(tried.map { ($0.value, $0.number) }) { a, _ in a }
        var out = 0
        for t in tried {
            for i in 0..<control.bits where out >> i & 1 == 0 {
                if let other = byValue[t.value ^ 1 << i], other != t.number { out |= 1 << i }
            }
        }
        return out
    }
    /// Returns the ranges of a part of the number for which the condition is true; nil if the part does not determine
    /// it.
    private func ranges(_ tried: [(value: Int, number: Int)], _ low: Int, _ width: Int) -> [ClosedRange<Int>]? {
        guard width < 64 else { return nil }
        var truths: [Int: Int] = [:]
        for t in tried {
            let part = ProgramExpression.bits(t.value, low, width)
            if let known = truths[part], known != t.number { return nil }
            truths[part] = t.number
        }
        // For a wide part not every value was tried, so it must have a single limit.
        let ranges = Self.ranges(truths.filter { $0.value == 1 }.map(\.key), among: Array(truths.keys))
        return width <= 4 || ranges.count == 1 ? ranges : nil
    }
    /// Returns a constant plus a weight for each bit.
    private func bitwise(_ control: Program.Control, _ tried: [(value: Int, number: Int)]) -> ProgramExpression? {
        let byValue = Dictionary(tried.map { ($0.value, $0.number) }) { a, _ in a }
        var weights = [Int](repeating: 0, count: control.bits)
        for i in 0..<control.bits {
            let pair = tried.first { $0.value >> i & 1 == 0 && byValue[$0.value | 1 << i] != nil }
            if let pair, let other = byValue[pair.value | 1 << i] { weights[i] = other &- pair.number }
        }
        func sum(_ n: Int) -> Int { weights.indices.reduce(0) { n >> $1 & 1 == 1 ? $0 &+ weights[$1] : $0 } }
        guard let first = tried.first else { return nil }
        let zero = first.number &- sum(first.value)
        guard tried.allSatisfy({ zero &+ sum($0.value) == $0.number }) else { return nil }
        var parts: [ProgramExpression] = []
        var i = 0
        while i < control.bits {
            guard weights[i] != 0 else {
                i += 1
                continue
            }
            var width = 1
            while i + width < control.bits, weights[i + width] == weights[i] << width { width += 1 }
            let bits: ProgramExpression =
                i == 0 && width == control.bits ? .control(control.key) : .bits(control.key, low: i, width: width)
            parts.append(weights[i] == 1 ? bits : .product(bits, .constant(weights[i])))
            i += width
        }
        if zero != 0 { parts.append(.constant(zero)) }
        return parts.count == 1 ? parts[0] : .sum(parts)
    }
    /// Adds the values between two candidates at which the number changes.
    private func refined(
        _ tried: [(value: Int, number: Int)], _ control: Program.Control, _ rest: [String: Int]
    ) -> [(value: Int, number: Int)] {
        var all = tried.sorted { $0.value < $1.value }
        var inputs = rest
        let changes = zip(all, all.dropFirst()).filter { $0.number != $1.number }
        guard changes.count <= 2 else { return all }
        for (a, b) in changes {
            var (low, high) = (a.value, b.value)
            while let middle = Self.middle(low, high) {
                inputs[control.key] = middle
                guard let n = number(inputs) else { break }
                if n == a.number { low = middle } else { high = middle }
            }
            all.append((low, a.number))
            all.append((high, b.number))
        }
        return all.sorted { $0.value < $1.value }
    }
    /// Returns whether a range is the same for the unsigned numbers on the wire. Numbers of 64 bits may be negative
    /// here.
    private static func isUnsigned(_ range: ClosedRange<Int>, _ control: Program.Control) -> Bool {
        control.bits < 64 || range.lowerBound >= 0 && range.upperBound < .max
    }
    /// Returns a value between two values, the second being the larger; nil if they are adjacent. Their distance may
    /// exceed an `Int`.
    private static func middle(_ low: Int, _ high: Int) -> Int? {
        let distance = UInt(bitPattern: high &- low)
        return distance > 1 ? low &+ Int(distance / 2) : nil
    }
    /// Returns the values as ranges of the tried values. A range that ends with the last tried value is open upwards.
    private static func ranges(_ values: [Int], among all: [Int]) -> [ClosedRange<Int>] {
        let chosen = Set(values)
        var out: [ClosedRange<Int>] = []
        var start: Int?
        var previous = 0
        for n in Set(all).sorted() {
            if chosen.contains(n) {
                if start == nil { start = n }
                previous = n
            } else if let first = start {
                out.append(first...previous)
                start = nil
            }
        }
        if let first = start { out.append(first...Int.max) }
        return out
    }
}
