/// A few names, such as those of fields that a list leaves out.
struct WordSet {
    private var words: [[UInt8]] = []
    /// A bit for each length that one has, from 63 on the last: most names need no comparison.
    private var lengths: UInt64 = 0

    init() {}
    init(_ words: [String]) {
        self.words = words.map { Array($0.utf8) }
        for word in self.words { lengths |= Self.bit(word.count) }
    }
    func contains(_ name: StaticString) -> Bool {
        lengths & Self.bit(name.utf8CodeUnitCount) != 0 && words.contains { name.isWord($0) }
    }
    private static func bit(_ length: Int) -> UInt64 { 1 &<< UInt64(min(length, 63)) }
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
