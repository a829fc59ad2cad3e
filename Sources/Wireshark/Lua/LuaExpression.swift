import Wire

/// A converter of program expressions to Lua.
struct LuaExpression {
    /// The names of variables by the keys of controls.
    let names: [String: String]

    /// Returns the expression as a number.
    func number(_ e: ProgramExpression) -> String {
        switch e {
        case .constant(let n): return String(n)
        case .control(let key): return name(key)
        case .orZero(let key): return "(\(name(key)) or 0)"
        case .bits(let key, let low, let width): return "bits(\(name(key)), \(low), \(width))"
        case .product(let a, .constant(-1)): return "-" + operand(a)
        case .product(let a, let b): return "\(operand(a)) * \(operand(b))"
        case .sum(let parts):
            return parts.enumerated().map { i, part in
                switch part {
                case .constant(let n) where i > 0 && n < 0: return " - \(-n)"
                case .product(let a, .constant(-1)) where i > 0: return " - " + operand(a)
                default: return (i > 0 ? " + " : "") + number(part)
                }
            }.joined()
        case .isIn, .all, .any: return "(\(truth(e)) and 1 or 0)"
        case .choice(let of, let cases, let otherwise):
            return "(" + cases.map { "\(condition(.isIn(of, $0.ranges))) and \(number($0.value)) or " }.joined()
                + number(otherwise) + ")"
        }
    }
    private func operand(_ e: ProgramExpression) -> String {
        if case .sum = e { "(\(number(e)))" } else { number(e) }
    }
    /// Returns the expression as a condition.
    func truth(_ e: ProgramExpression) -> String {
        switch e {
        case .constant(let n): return n == 0 ? "false" : "true"
        case .isIn(let a, let ranges): return inside(a, ranges)
        case .all(let parts): return parts.map { condition($0) }.joined(separator: " and ")
        case .any(let parts): return parts.map { condition($0) }.joined(separator: " or ")
        case .choice(let of, let cases, let otherwise):
            let ways = cases.map { "(\(condition(.isIn(of, $0.ranges))) and \(condition($0.value)))" }
            let none = cases.map { "not (\(inside(of, $0.ranges)))" }.joined(separator: " and ")
            return (ways + ["(\(none) and \(condition(otherwise)))"]).filter { !$0.hasSuffix(" and false)") }
                .joined(separator: " or ")
        case .control, .orZero, .bits, .product, .sum: return "\(number(e)) == 1"
        }
    }
    /// Returns the expression as a part of a condition.
    private func condition(_ e: ProgramExpression) -> String {
        switch e {
        case .any, .choice: "(\(truth(e)))"
        case .isIn(_, let ranges) where ranges.count > 1: "(\(truth(e)))"
        default: truth(e)
        }
    }
    private func inside(_ e: ProgramExpression, _ ranges: [ClosedRange<Int>]) -> String {
        let n = number(e)
        // A value of -1 means that the bytes are missing.
        let isSigned = e.controls.contains { $0.hasPrefix("peek") }
        return ranges.map { r in
            if r.lowerBound == r.upperBound { return "\(n) == \(r.lowerBound)" }
            if r.upperBound == .max {
                return "\(n) >= \(r.lowerBound)"
            }
            if r.lowerBound <= (isSigned ? -1 : 0) { return "\(n) <= \(r.upperBound)" }
            let both = "\(n) >= \(r.lowerBound) and \(n) <= \(r.upperBound)"
            return ranges.count > 1 ? "(\(both))" : both
        }.joined(separator: " or ")
    }
    private func name(_ key: String) -> String { names[key] ?? "nil --[[\(key)]]" }
}
