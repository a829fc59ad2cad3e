/// A set of a few names, such as the names of fields that a list leaves out.
public struct WordSet: Sendable {
    /// The maximum length of `order`. Further names in one message are searched for.
    private static let ordered = 32
    private let words: [[UInt8]]
    /// The names that were queried, by their addresses. The mark shows if a name is in the set. Every message queries
    /// the same names.
    private var known = ShortTexts()
    /// The addresses of names in the set, in the order of the last queries, and the index of the next one. Messages
    /// nearly always query the same names in the same order.
    private var order: [UInt] = []
    private var next = 0

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
    /// Starts again with the first name.
    mutating func restart() { next = 0 }
    /// Looks up a name that was not queried before, or that is in the set and was queried out of order.
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
    /// Returns true if the name equals this word, given as bytes. Nearly always the lengths differ.
    @inlinable @inline(__always)
    public func isWord(_ word: [UInt8]) -> Bool {
        guard word.count == utf8CodeUnitCount else { return false }
        let name = utf8Start
        for i in word.indices where name[i] != word[i] { return false }
        return true
    }
}
