/// A number that a description computes from the fields it has read: a count, a length, or 1 and 0 for true and false.
indirect enum ProgramExpression: Hashable, Sendable {
    /// A constant.
    case constant(Int)
    /// The value of a control, by its key in `Program.controls`.
    case control(String)
    /// The value of a control, or 0 if it was not read.
    case orZero(String)
    /// `width` bits of a control, from bit `low` on; bit 0 is the lowest.
    case bits(String, low: Int, width: Int)
    /// The product of two numbers.
    case product(ProgramExpression, ProgramExpression)
    /// The sum of the numbers.
    case sum([ProgramExpression])
    /// 1 if the number is inside a range of the list, otherwise 0. The last range may be open upwards (`Int.max`).
    case isIn(ProgramExpression, [ClosedRange<Int>])
    /// 1 if all are 1.
    case all([ProgramExpression])
    /// 1 if at least one is 1.
    case any([ProgramExpression])
    /// The value of the first case whose ranges contain the number, otherwise the last value.
    case choice(of: ProgramExpression, [Case], otherwise: ProgramExpression)

    /// A case of a choice.
    struct Case: Hashable, Sendable {
        /// The ranges of the number.
        var ranges: [ClosedRange<Int>]
        /// The value in these ranges.
        var value: ProgramExpression
    }
    /// The controls of the expression, in the order of their occurrence.
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
    /// Returns the number for these values; nil if a value is missing. It wraps, like the bits on the wire.
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
    /// The complexity of the expression.
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
    /// Returns some bits of a number.
    static func bits(_ n: Int, _ low: Int, _ width: Int) -> Int {
        let shifted = UInt64(bitPattern: Int64(n)) >> UInt64(low)
        return Int(truncatingIfNeeded: width >= 64 ? shifted : shifted & (1 << UInt64(width) - 1))
    }
}
