/// An exact decimal number of at least 0, for prices and amounts (Spec/gossipsub/lib2p2.md).
struct DecimalNumber: Comparable, Hashable, Sendable {
    /// The digits, the least significant one first, without zeros at the end. The first digit counts 10 to the power of
    /// `-scale`.
    private var digits: [UInt8] = []

    /// The number of digits after the point: the most that a text of `MarketOrder.numberLimit` bytes can have.
    private static let scale = MarketOrder.numberLimit
    static let zero = Self()
    var isZero: Bool { digits.isEmpty }

    private init() {}
    /// Creates a number from its text; nil if the text is not in the form of prices and amounts.
    init?(_ text: [UInt8]) {
        guard MarketOrder.isNumber(text) else { return nil }
        let parts = text.split(separator: UInt8(ascii: "."))
        let fraction = parts.count > 1 ? Array(parts[1]) : []
        let padding = [UInt8](repeating: UInt8(ascii: "0"), count: Self.scale - fraction.count)
        digits = (Array(parts[0]) + fraction + padding).reversed().map { $0 - UInt8(ascii: "0") }
        trim()
    }
    private mutating func trim() { while digits.last == 0 { digits.removeLast() } }

    static func < (a: Self, b: Self) -> Bool {
        a.digits.count == b.digits.count
            ? a.digits.reversed().lexicographicallyPrecedes(b.digits.reversed()) : a.digits.count < b.digits.count
    }
    static func + (a: Self, b: Self) -> Self {
        var sum = Self()
        var carry: UInt8 = 0
        for i in 0..<max(a.digits.count, b.digits.count) {
            let digit = a.digit(i) + b.digit(i) + carry
            sum.digits.append(digit % 10)
            carry = digit / 10
        }
        if carry > 0 { sum.digits.append(carry) }
        return sum
    }
    /// Returns the number less another one; 0 if the other one is larger.
    func reduced(by other: Self) -> Self {
        guard other < self else { return .zero }
        var rest = Self()
        var borrowed: UInt8 = 0
        for i in digits.indices {
            let taken = other.digit(i) + borrowed
            borrowed = digits[i] < taken ? 1 : 0
            rest.digits.append(digits[i] + 10 * borrowed - taken)
        }
        rest.trim()
        return rest
    }
    private func digit(_ i: Int) -> UInt8 { i < digits.count ? digits[i] : 0 }
    /// The number in the form of prices and amounts. It may be longer than the limit of these.
    var text: String {
        let whole = digits.dropFirst(Self.scale).reversed()
        let fraction = (0..<Self.scale).reversed().map { digit($0) }
        let shown = fraction.prefix((fraction.lastIndex { $0 > 0 } ?? -1) + 1)
        return (whole.isEmpty ? "0" : whole.map { "\($0)" }.joined())
            + (shown.isEmpty ? "" : "." + shown.map { "\($0)" }.joined())
    }
}
