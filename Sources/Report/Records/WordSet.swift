/// A few names, such as those of fields that a list leaves out.
struct WordSet {
    private let words: [[UInt8]]
    /// Names that were asked for, by their addresses: the same come with every message.
    private var known = [(address: UInt, count: Int, isIn: Bool)](repeating: (0, 0, false), count: 64)

    init(_ words: [String] = []) { self.words = words.map { Array($0.utf8) } }
    @inline(__always)
    mutating func contains(_ name: StaticString) -> Bool {
        let (address, count) = (UInt(bitPattern: name.utf8Start), name.utf8CodeUnitCount)
        // Names of fields lie close together.
        let slot = Int(truncatingIfNeeded: (address ^ address >> 6) & 63)
        if known[slot].address != address || known[slot].count != count { find(name, slot) }
        return known[slot].isIn
    }
    @inline(never)
    private mutating func find(_ name: StaticString, _ slot: Int) {
        let isIn = words.contains { name.isWord($0) }
        known[slot] = (UInt(bitPattern: name.utf8Start), name.utf8CodeUnitCount, isIn)
    }
}

extension StaticString {
    /// Whether it is this word, of which there are the bytes: nearly always it is of another length.
    func isWord(_ word: [UInt8]) -> Bool {
        guard word.count == utf8CodeUnitCount else { return false }
        let name = utf8Start
        for i in word.indices where name[i] != word[i] { return false }
        return true
    }
}
