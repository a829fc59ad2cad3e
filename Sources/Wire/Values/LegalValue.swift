/// The legal and the actual value of a field, as text for diagnostics. It is created only when an error is reported.
public struct LegalValue: Hashable, Sendable, CustomStringConvertible {
    /// The legal values: `1`, `live 0x5243 or dev 0x5241`, `0x14 or more`.
    public var wanted: String
    /// The actual value: `2`, `0x0c7a`.
    public var had: String
    /// Creates a pair from texts.
    public init(wanted: String, had: String) {
        self.wanted = wanted
        self.had = had
    }
    /// Creates the texts for a value that must equal another one.
    @usableFromInline @inline(never) init<V: FixedValue>(_ had: V, mustBe wanted: V) {
        let isSmall = had.number < 10 && wanted.number < 10
        self.init(wanted: Self.text(wanted, isSmall: isSmall), had: Self.text(had, isSmall: isSmall))
    }
    /// Creates the texts for a number with names that equals none of these.
    public init<C: CodePoint>(_ had: C, mustBeOneOf wanted: [C]) {
        self.init(
            wanted: Self.list(wanted.map { Self.text($0, isSmall: false) }), had: Self.text(had, isSmall: false))
    }
    /// Creates the texts for a number that has no name but needs one. Nil for types without names, and for numbers with
    /// one.
    init?(_ number: UInt64, mustBeNamed kind: Kind) {
        guard case .code(let bits, let names) = kind, !names.isEmpty, !names.contains(where: { $0.number == number })
        else { return nil }
        self.init(
            wanted: Self.list(names.map { "\($0.name) " + Self.hex($0.number, bits) }), had: Self.hex(number, bits))
    }
    /// Returns a number as its type shows it: with its name, and in hexadecimal unless it is small.
    private static func text<V: FixedValue>(_ v: V, isSmall: Bool) -> String {
        switch V.kind {
        case .code(let bits, let names):
            (names.first { $0.number == v.number }.map { $0.name + " " } ?? "") + hex(v.number, bits)
        case .uint(let bits) where !isSmall: hex(v.number, bits)
        default: v.value(in: RawSpan()).description
        }
    }
    /// Returns all hexadecimal digits of a number of `bits` bits.
    public static func hex(_ n: UInt64, _ bits: Int) -> String {
        let digits = String(n, radix: 16)
        return "0x" + String(repeating: "0", count: max(0, bits / 4 - digits.count)) + digits
    }
    /// Returns `a, b or c`.
    private static func list(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "nothing" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
    /// The text `wants 1, has 2`.
    public var description: String { "wants \(wanted), has \(had)" }
}
