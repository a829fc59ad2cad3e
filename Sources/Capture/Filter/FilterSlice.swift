/// A part of bytes or text, as Wireshark writes it: `[4]` is one element, `[0:4]` four from the first, `[2-5]` the
/// third to the sixth, `[:4]` the first four, `[4:]` all from the fifth. Negative numbers count from the end.
struct FilterSlice: Hashable, Sendable {
    private var start: Int
    private var end: End
    private enum End: Hashable {
        case count(Int)
        /// The index of the last element.
        case last(Int)
        case open
    }

    /// Reads the text between the brackets. Returns nil if it is not a slice.
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
            // Looks for the hyphen after the first number, which may have a minus sign of its own.
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
    /// Returns the range of the slice in a value of `count` elements; nil if the value is too short.
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
    /// Returns the number of elements of the slice; nil if it is unknown. `whole` is the number of elements of the
    /// value if that is fixed.
    func count(in whole: Int?) -> Int? {
        if let whole { return range(in: whole)?.count }
        if case .count(let n) = end { return n }
        if case .last(let n) = end, start >= 0, n >= start { return n - start + 1 }
        return nil
    }
}
extension FilterSlice {
    /// Reads slices with commas between them. Returns nil if one is invalid.
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
