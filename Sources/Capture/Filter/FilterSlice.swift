/// A part of bytes or text, as Wireshark writes it: `[4]` one element, `[0:4]` four from the first, `[2-5]` the third to
/// the sixth, `[:4]` the first four, `[4:]` all from the fifth; counted from the end below zero.
struct FilterSlice: Hashable, Sendable {
    private var start: Int
    private var end: End
    private enum End: Hashable {
        case count(Int)
        /// The last element.
        case last(Int)
        case open
    }

    /// From what stands between the brackets; nil for what is no slice.
    init?(_ text: some StringProtocol) {
        if let colon = text.firstIndex(of: ":") {
            let (head, tail) = (text[..<colon], text[text.index(after: colon)...])
            guard let start = head.isEmpty ? 0 : Self.number(head) else { return nil }
            self.start = start
            guard !tail.isEmpty else {
                end = .open
                return
            }
            guard let count = Self.number(tail), count > 0 else { return nil }
            end = .count(count)
        } else if let start = Self.number(text) {
            (self.start, end) = (start, .count(1))
        } else {
            // The sign behind the first number, which may have one of its own.
            guard let dash = text.dropFirst().firstIndex(of: "-"), let start = Self.number(text[..<dash]),
                let last = Self.number(text[text.index(after: dash)...])
            else { return nil }
            (self.start, end) = (start, .last(last))
        }
    }
    private static func number(_ text: some StringProtocol) -> Int? {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.utf8.count <= 9, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
    /// The elements meant of so many; nil when they have not all of these.
    func range(in count: Int) -> Range<Int>? {
        let low = start < 0 ? count + start : start
        let high =
            switch end {
            case .count(let n): low + n
            case .last(let n): (n < 0 ? count + n : n) + 1
            case .open: count
            }
        guard low >= 0, low < high, high <= count else { return nil }
        return low..<high
    }
    /// How many elements it has, when that is known of any value, or of one of so many.
    func count(in whole: Int?) -> Int? {
        if let whole { return range(in: whole)?.count }
        if case .count(let n) = end { return n }
        if case .last(let n) = end, start >= 0, n >= start { return n - start + 1 }
        return nil
    }
}
extension FilterSlice {
    /// Several with commas between; nil when one is none.
    static func all(_ text: some StringProtocol) -> [FilterSlice]? {
        var out: [FilterSlice] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let trimmed = part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
            guard let slice = FilterSlice(String(trimmed)) else { return nil }
            out.append(slice)
        }
        return out
    }
}
