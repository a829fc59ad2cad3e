import Node

extension Timestamp {
    /// Reads `2026-01-02`, `2026-01-02T03:04` or `2026-01-02T03:04:05.060123Z` (UTC, with or without `Z`, up to nine
    /// decimals). Returns nil for any other text, and for days that do not exist.
    public init?(iso8601 text: some StringProtocol) {
        var rest = Array(text.utf8)[...]
        func number(_ digits: Int) -> Int64? {
            guard rest.count >= digits, rest.prefix(digits).allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            defer { rest = rest.dropFirst(digits) }
            return rest.prefix(digits).reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        }
        func skip(_ c: UInt8) -> Bool {
            guard rest.first == c else { return false }
            rest = rest.dropFirst()
            return true
        }
        guard let year = number(4), skip(0x2d), let month = number(2), skip(0x2d), let day = number(2) else {
            return nil
        }
        var (hour, minute, second, fraction) = (0 as Int64, 0 as Int64, 0 as Int64, 0 as Int64)
        if !rest.isEmpty {
            guard skip(0x54) || skip(0x20), let h = number(2), skip(0x3a), let m = number(2) else { return nil }
            (hour, minute) = (h, m)
            if skip(0x3a) {
                guard let s = number(2) else { return nil }
                second = s
                if skip(0x2e) {
                    let digits = rest.prefix { (0x30...0x39).contains($0) }.count
                    guard (1...9).contains(digits), let f = number(digits) else { return nil }
                    fraction = (digits..<9).reduce(f) { n, _ in n * 10 }
                }
            }
            _ = skip(0x5a)
        }
        guard rest.isEmpty, hour < 24, minute < 60, second < 60 else { return nil }
        // This is the number of days from 1970 to March 1 of the month's year, which begins in March here.
        let shifted = month <= 2 ? year - 1 : year
        let era = CalendarTime.floored(shifted, by: 400)
        let ofEra = shifted - era * 400
        let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
        guard (1...12).contains(month), CalendarTime.civil(days) == (year, month, day) else { return nil }
        self.init(seconds: ((days * 24 + hour) * 60 + minute) * 60 + second, nanoseconds: fraction)
    }
}
