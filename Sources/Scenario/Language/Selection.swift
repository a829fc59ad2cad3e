/// A selection of the cases to run: an expression over ids, tags and requirements, such as `tag:handshake && !slow` or
/// `req:NANO-1* || nano.header.*`.
///
/// A word without a prefix is an id if it has a dot, and an id, a tag or a requirement if not. `*` matches any
/// characters.
public indirect enum Selection: Sendable {
    case word(Kind, String)
    case not(Selection)
    case and(Selection, Selection)
    case or(Selection, Selection)

    /// The names that a word is compared with.
    public enum Kind: Sendable {
        case any
        case id
        case tag
        case requirement
    }
    /// The maximum number of words and operators. It also limits the depth of the tree.
    static let maximumWords = 1000
    /// The reason why a text is not a selection.
    public struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
        /// A description of the mistake with the faulty text.
        public var description: String
    }

    /// Parses a selection. `!` binds tighter than `&&`, and `&&` binds tighter than `||`.
    public init(_ text: String) throws(Failure) {
        var parser = SelectionParser(text)
        guard parser.words.count <= Self.maximumWords else {
            throw Failure(description: "the selection has more than \(Self.maximumWords) words")
        }
        self = try parser.either()
        guard parser.next == nil else { throw Failure(description: "unexpected `\(parser.next ?? "")` in `\(text)`") }
    }
    /// The words that must match, as they are written. Words under a negation are left out.
    public var wantedWords: [(text: String, selection: Selection)] {
        switch self {
        case .not: []
        case .and(let a, let b), .or(let a, let b): a.wantedWords + b.wantedWords
        case .word(let kind, let pattern):
            switch kind {
            case .any: [(pattern, self)]
            case .id: [("id:" + pattern, self)]
            case .tag: [("tag:" + pattern, self)]
            case .requirement: [("req:" + pattern, self)]
            }
        }
    }
    /// Returns whether the case is selected.
    public func takes(_ s: Scenario) -> Bool { takes(ids: [s.id], tags: s.tags, requirements: s.covers + s.claims) }
    /// Returns false if no case of this id is selected, whatever its tags and requirements are.
    public func mayTake(id: String) -> Bool {
        switch self {
        case .not: true
        case .and(let a, let b): a.mayTake(id: id) && b.mayTake(id: id)
        case .or(let a, let b): a.mayTake(id: id) || b.mayTake(id: id)
        case .word(let kind, let pattern): !Self.isID(kind, pattern) || Self.fits(id, pattern)
        }
    }
    private static func isID(_ kind: Kind, _ pattern: String) -> Bool {
        kind == .id || kind == .any && pattern.utf8.contains(UInt8(ascii: "."))
    }
    /// Returns whether the requirement is selected: by its own id, or by the ids and tags of the cases that prove it.
    public func takes(_ requirement: String, provedBy cases: [Scenario]) -> Bool {
        takes(ids: cases.map(\.id), tags: cases.flatMap(\.tags), requirements: [requirement])
    }
    /// Returns whether an item with these ids, tags and requirements is selected.
    public func takes(ids: [String], tags: [String], requirements: [String]) -> Bool {
        func takes(_ s: Selection) -> Bool { s.takes(ids: ids, tags: tags, requirements: requirements) }
        switch self {
        case .not(let a): return !takes(a)
        case .and(let a, let b): return takes(a) && takes(b)
        case .or(let a, let b): return takes(a) || takes(b)
        case .word(let kind, let pattern):
            let known: [String] =
                switch kind {
                case _ where Self.isID(kind, pattern): ids
                case .any, .id: ids + tags + requirements
                case .tag: tags
                case .requirement: requirements
                }
            return known.contains { Self.fits($0, pattern) }
        }
    }
    /// Returns whether `text` matches a pattern in which `*` matches any characters.
    public static func fits(_ text: String, _ pattern: String) -> Bool {
        let (text, pattern) = (text.utf8, pattern.utf8)
        var (at, next) = (text.startIndex, pattern.startIndex)
        /// The last `*`, and the end of its match so far.
        var star: (place: String.Index, end: String.Index)?
        while at != text.endIndex {
            if next != pattern.endIndex, pattern[next] == UInt8(ascii: "*") {
                star = (next, at)
                next = pattern.index(after: next)
            } else if next != pattern.endIndex, pattern[next] == text[at] {
                (at, next) = (text.index(after: at), pattern.index(after: next))
            } else if let last = star {
                at = text.index(after: last.end)
                star = (last.place, at)
                next = pattern.index(after: last.place)
            } else {
                return false
            }
        }
        return pattern[next...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}

struct SelectionParser {
    var words: [String] = []
    var at = 0
    var depth = 0
    var next: String? { at < words.count ? words[at] : nil }

    init(_ text: String) {
        let spaced = ["&&", "||", "(", ")", "!"].reduce(text) { $0.replacing($1, with: " \($1) ") }
        words = spaced.split(separator: " ").map(String.init)
    }
    mutating func take(_ s: String) -> Bool {
        guard next == s else { return false }
        at += 1
        return true
    }
    mutating func either() throws(Selection.Failure) -> Selection {
        var left = try both()
        while take("||") || take("or") { left = .or(left, try both()) }
        return left
    }
    mutating func both() throws(Selection.Failure) -> Selection {
        var left = try one()
        while take("&&") || take("and") { left = .and(left, try one()) }
        return left
    }
    mutating func one() throws(Selection.Failure) -> Selection {
        depth += 1
        defer { depth -= 1 }
        guard depth < 64 else { throw Selection.Failure(description: "the selection is nested too deeply") }
        if take("!") || take("not") { return .not(try one()) }
        if take("(") {
            let inner = try either()
            guard take(")") else { throw Selection.Failure(description: "a `(` is not closed") }
            return inner
        }
        guard let word = next, word != ")", word != "&&", word != "||" else {
            throw Selection.Failure(description: "a word is missing: write for instance `tag:handshake && !slow`")
        }
        at += 1
        for (prefix, kind) in [("tag:", Selection.Kind.tag), ("req:", .requirement), ("id:", .id)]
        where word.hasPrefix(prefix) {
            return .word(kind, String(word.dropFirst(prefix.count)))
        }
        return .word(.any, word)
    }
}
