/// A seeded fault of the reference node, and the requirements that it breaks.
public struct Bug: Hashable, Sendable {
    /// The name, as in `--bug name`.
    public var name: String
    /// The id of the main requirement that it breaks, such as `NANO-18`.
    public var requirement: String
    /// Other requirements that it breaks: a case that fails at any of them has found the fault too.
    public var also: [String]
    /// A description of the wrong behaviour, in one line.
    public var summary: String
    /// All requirements that it breaks, `requirement` first.
    public var requirements: [String] { [requirement] + also }
    /// Creates a fault that breaks this requirement and those in `also`.
    public init(_ name: String, breaks requirement: String, also: [String] = [], _ summary: String) {
        self.name = name
        self.requirement = requirement
        self.also = also
        self.summary = summary
    }
}

extension Bug {
    /// Returns the name of a fault from the name of its case in code: in lower case, with hyphens between words. An
    /// acronym is one word. With `splitsNumbers`, a number is a word too.
    public static func name(ofCase text: String, splitsNumbers: Bool = false) -> String {
        let letters = Array(text.utf8)
        func isWithin(_ i: Int, _ first: UInt8, _ last: UInt8) -> Bool {
            letters.indices.contains(i) && letters[i] >= first && letters[i] <= last
        }
        func isCapital(_ i: Int) -> Bool { isWithin(i, UInt8(ascii: "A"), UInt8(ascii: "Z")) }
        func isDigit(_ i: Int) -> Bool { isWithin(i, UInt8(ascii: "0"), UInt8(ascii: "9")) }
        func isSmall(_ i: Int) -> Bool { letters.indices.contains(i) && !isCapital(i) && !isDigit(i) }
        var name: [UInt8] = []
        for (i, letter) in letters.enumerated() {
            // A word begins with the only or the last capital in a row; a number may follow the capital.
            let beginsWord = isCapital(i) && (i > 0 && !isCapital(i - 1) || isSmall(i + 1) || isDigit(i + 1))
            let beginsNumber = splitsNumbers && isDigit(i) && isSmall(i - 1)
            if i > 0, beginsWord || beginsNumber { name.append(UInt8(ascii: "-")) }
            name.append(isCapital(i) ? letter | 0x20 : letter)
        }
        return String(decoding: name, as: UTF8.self)
    }
}
