/// A number that a description works out of what it has read: a count, a length, or 1 and 0 for yes and no.
indirect enum ProgramExpression: Hashable, Sendable {
    /// Always this.
    case constant(Int)
    /// What was read or seen, by its key in `Program.controls`.
    case control(String)
    /// The same; 0 where it was not read.
    case orZero(String)
    /// So many bits of it, from bit `low` on; bit 0 is the lowest.
    case bits(String, low: Int, width: Int)
    /// A number of times another one.
    case product(ProgramExpression, ProgramExpression)
    /// All of them together.
    case sum([ProgramExpression])
    /// 1 where a number is in one of these ranges, else 0; the last may be open upwards (`Int.max`).
    case isIn(ProgramExpression, [ClosedRange<Int>])
    /// 1 where all are 1.
    case all([ProgramExpression])
    /// 1 where one is 1.
    case any([ProgramExpression])
    /// The first whose ranges hold the number; else the last.
    case choice(of: ProgramExpression, [Case], otherwise: ProgramExpression)

    /// One of several ways.
    struct Case: Hashable, Sendable {
        /// Of these numbers.
        var ranges: [ClosedRange<Int>]
        /// It is this.
        var value: ProgramExpression
    }
    /// The controls that it is made of, in the order in which it names them.
    var controls: [String] {
        switch self {
        case .constant: []
        case .control(let key), .orZero(let key), .bits(let key, _, _): [key]
        case .product(let a, let b): a.controls + b.controls
        case .sum(let parts), .all(let parts), .any(let parts): parts.flatMap(\.controls)
        case .isIn(let a, _): a.controls
        case .choice(let a, let cases, let otherwise):
            a.controls + cases.flatMap(\.value.controls) + otherwise.controls
        }
    }
    /// The number for these values; nil where one that it needs is not among them. Wraps, as the bits of the wire do.
    func value(_ values: [String: Int]) -> Int? {
        switch self {
        case .constant(let n): return n
        case .control(let key): return values[key]
        case .orZero(let key): return values[key] ?? 0
        case .bits(let key, let low, let width): return values[key].map { Self.bits($0, low, width) }
        case .product(let a, let b):
            guard let a = a.value(values), let b = b.value(values) else { return nil }
            return a &* b
        case .sum(let parts):
            var sum = 0
            for part in parts {
                guard let n = part.value(values) else { return nil }
                sum &+= n
            }
            return sum
        case .isIn(let a, let ranges): return a.value(values).map { n in ranges.contains { $0 ~= n } ? 1 : 0 }
        case .all(let parts):
            let all = parts.map { $0.value(values) }
            return all.contains(0) ? 0 : all.contains(nil) ? nil : 1
        case .any(let parts):
            let all = parts.map { $0.value(values) }
            return all.contains(1) ? 1 : all.contains(nil) ? nil : 0
        case .choice(let a, let cases, let otherwise):
            guard let n = a.value(values) else { return nil }
            return (cases.first { $0.ranges.contains { $0 ~= n } }?.value ?? otherwise).value(values)
        }
    }
    /// How much it takes to write it.
    var size: Int {
        switch self {
        case .constant, .control, .orZero, .bits: 1
        case .product(let a, let b): a.size + b.size
        case .sum(let parts), .all(let parts), .any(let parts): parts.reduce(1) { $0 + $1.size }
        case .isIn(let a, let ranges): a.size + ranges.count
        case .choice(let a, let cases, let otherwise):
            cases.reduce(a.size + otherwise.size) { $0 + $1.ranges.count + $1.value.size }
        }
    }
    /// Bits of a number.
    static func bits(_ n: Int, _ low: Int, _ width: Int) -> Int {
        let shifted = UInt64(bitPattern: Int64(n)) >> UInt64(low)
        return Int(truncatingIfNeeded: width >= 64 ? shifted : shifted & (1 << UInt64(width) - 1))
    }
}
