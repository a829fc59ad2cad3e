internal import Node
internal import Wire

/// A typed value of a scenario, with limits, that the command line can change.
public struct ScenarioParameter: Sendable {
    /// The name, as in `--param name=value`.
    public var name: String
    public var type: Kind
    /// True if the value is never shown.
    public var isSecret: Bool
    /// The purpose of the parameter.
    public var summary: String
    var preset: Term
    var least: Term?
    var most: Term?
    var span: Span

    /// The types of values that a parameter can hold.
    public enum Kind: String, CaseIterable, Sendable {
        case duration
        case int
        case text
        case string
        case bytes
        case bool
        var wanted: String {
            switch self {
            case .duration: "a duration such as 5s"
            case .int: "a whole number"
            case .text, .string: "text"
            case .bytes: "bytes such as 0x5243"
            case .bool: "true or false"
            }
        }
        /// Returns the text as a value of this type; nil if it is not one.
        func term(_ s: String) -> Term? {
            switch self {
            case .duration: return Duration(text: s).map { .duration($0) }
            case .int:
                if let n = Int128(s), s.count <= 20, s.first != "+" { return .number(n) }
                guard s.hasPrefix("0x"), let n = UInt64(s.dropFirst(2), radix: 16), s.dropFirst(2).first != "+" else {
                    return nil
                }
                return .number(Int128(n))
            case .text, .string: return .text(s)
            case .bytes:
                guard s.hasPrefix("0x"), let b = [UInt8](hex: s.dropFirst(2)) else { return nil }
                return .bytes(b)
            case .bool: return s == "true" ? .bool(true) : s == "false" ? .bool(false) : nil
            }
        }
    }
    /// Returns the reason why a text cannot be the value of the parameter; nil if it can.
    public func refusal(_ s: String) -> String? {
        guard let t = type.term(s) else { return "`\(name)` is \(type.wanted), not \(isSecret ? "this" : "`\(s)`")" }
        return refusal(t)
    }
    func refusal(_ t: Term) -> String? {
        let (size, isLength) = Self.size(t)
        let had = isSecret ? "" : ", not \(isLength ? String(size) : t.text)"
        let what = isLength ? "the length of `\(name)`" : "`\(name)`"
        if let least, size < Self.size(least).size { return "\(what) is at least \(least.text)\(had)" }
        if let most, Self.size(most).size < size { return "\(what) is at most \(most.text)\(had)" }
        return nil
    }
    /// Returns the quantity that the limits apply to: the value of a number or duration, the length of a text or of
    /// bytes.
    private static func size(_ t: Term) -> (size: Int128, isLength: Bool) {
        switch t {
        case .number(let n): (n, false)
        case .duration(let d): (Int128(d.nanoseconds), false)
        case .text(let s): (Int128(s.count), true)
        case .bytes(let b): (Int128(b.count), true)
        default: (0, false)
        }
    }
}
