/// A few names, such as those of fields that a list leaves out.
public struct WordSet: Sendable {
    /// Of more that come in one message the others are looked for.
    private static let ordered = 32
    private let words: [[UInt8]]
    /// Names that were asked for, by their addresses, with a mark for those that are in: the same come with every message.
    private var known = ShortTexts()
    /// Addresses of those in it, as they came the last time, and which of them is next: nearly always the same come in the
    /// same order.
    private var order: [UInt] = []
    private var next = 0

    /// A set of these words.
    public init(_ words: [String] = []) { self.words = words.map { Array($0.utf8) } }
    @inline(__always)
    mutating func contains(_ name: StaticString) -> Bool {
        if next < order.count, order[next] == UInt(bitPattern: name.utf8Start) {
            next &+= 1
            return true
        }
        guard !words.isEmpty else { return false }
        let i = known.find(UInt(bitPattern: name.utf8Start), UInt64(name.utf8CodeUnitCount))
        return i >= 0 && known[i].mark == 0 ? false : find(name)
    }
    /// The first is asked for next.
    mutating func restart() { next = 0 }
    /// One that was not asked for before, or is in and came out of order.
    @inline(never)
    private mutating func find(_ name: StaticString) -> Bool {
        let (address, count) = (UInt(bitPattern: name.utf8Start), UInt64(name.utf8CodeUnitCount))
        let isIn = words.contains { name.isWord($0) }
        if known.find(address, count) < 0 { known.keep([], address, count, mark: isIn ? 1 : 0) }
        guard isIn else { return false }
        order.removeSubrange(min(next, order.count)...)
        if order.count < Self.ordered { order.append(address) }
        next = order.count
        return true
    }
}

extension StaticString {
    /// Whether it is this word, of which there are the bytes: nearly always it is of another length.
    @inlinable @inline(__always)
    public func isWord(_ word: [UInt8]) -> Bool {
        guard word.count == utf8CodeUnitCount else { return false }
        let name = utf8Start
        for i in word.indices where name[i] != word[i] { return false }
        return true
    }
}
