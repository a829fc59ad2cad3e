internal import Node

extension Duration {
    /// Creates a duration from a text such as `250us`, `20ms`, `5s`, `1.5s` or `2m`. Returns nil for any other text,
    /// including one with a sign.
    public init?(text: some StringProtocol) {
        // Most texts that are tried do not begin with a digit.
        guard let first = text.utf8.first, first >= 0x30, first <= 0x39 else { return nil }
        let digits = text.prefix { $0 >= "0" && $0 <= "9" || $0 == "." }
        let scale: Int128
        switch text[digits.endIndex...] {
        case "us": scale = 1_000
        case "ms": scale = 1_000_000
        case "s": scale = 1_000_000_000
        case "m": scale = 60_000_000_000
        default: return nil
        }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.count <= 12 }),
            let whole = Int128(parts[0])
        else { return nil }
        var nanoseconds = whole * scale
        if parts.count == 2, let part = Int128(parts[1]) {
            nanoseconds += part * scale / parts[1].reduce(1) { n, _ in n * 10 }
        }
        guard let n = Int64(exactly: nanoseconds) else { return nil }
        self = .nanoseconds(n)
    }
    /// The duration as a scenario writes it: in the largest unit without a fraction, or else in milliseconds with a
    /// fraction.
    public var text: String {
        let (s, a) = components
        let n = Int128(s) * 1_000_000_000 + Int128(a / 1_000_000_000)
        if n == 0 { return "0s" }
        for (unit, name) in [(60_000_000_000 as Int128, "m"), (1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us")]
        where n % unit == 0 { return "\(n / unit)\(name)" }
        let size = n < 0 ? -n : n
        return "\(n < 0 ? "-" : "")\(size / 1_000_000).\(size % 1_000_000 / 100_000)ms"
    }
    /// The duration in its two largest units, rounded down, for people: `10d 23h`, `5m 30s`. Below a minute, the text
    /// of `rounded`.
    public var spoken: String {
        let seconds = nanoseconds / 1_000_000_000
        guard seconds >= 60 else { return rounded.text }
        let units: [(Int64, String)] = [
            (seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s"),
        ]
        return units.drop { $0.0 == 0 }.prefix(2).filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined(separator: " ")
    }
    /// The duration rounded to whole milliseconds, for people.
    var rounded: Duration { .milliseconds((nanoseconds + 500_000) / 1_000_000) }
    /// Returns the duration multiplied by a factor, for slow machines.
    func stretched(_ scale: Double) -> Duration { scale == 1 ? self : self * scale }
}
