/// A search for the known name that a misspelt name was most likely meant to be.
public enum NearestName {
    /// The maximum length of a word; longer words are not compared, because users do not type them.
    public static let maximumLength = 64

    /// Returns the candidate nearest to `word`. At most two letters, or a third of the word, may be wrong, missing,
    /// superfluous or exchanged with the next letter. In a word of up to four letters, one letter may be wrong, or two
    /// letters may be missing or exchanged. Nil if no candidate is that near. The first of equals wins.
    public static func nearest(_ word: String, in candidates: [String]) -> String? {
        let a = Array(word.unicodeScalars.prefix(maximumLength + 1))
        guard !a.isEmpty, a.count <= maximumLength else { return nil }
        var best: (String, Int)?
        for candidate in candidates {
            let b = Array(candidate.unicodeScalars.prefix(maximumLength + 1))
            // A word of one letter that is wrong is another word.
            let isOther = a.count <= 4 && !isShortened(a, b) && a.sorted() != b.sorted()
            let limit = min(isOther ? 1 : max(2, a.count / 3), max(a.count, b.count) - 1)
            guard b.count <= maximumLength, abs(a.count - b.count) <= limit else { continue }
            let d = distance(a, b)
            if d <= limit, d < best?.1 ?? .max { best = (candidate, d) }
        }
        return best?.0
    }
    /// Returns the question about a name that the user most likely meant, in the words of all diagnostics.
    public static func question(_ meant: String) -> String { "did you mean `\(meant)`?" }
    /// Returns the question as the end of a sentence that names the unknown word.
    public static func suggestion(_ meant: String) -> String { ", " + question(meant) }
    /// Returns the suggestion for an unknown word; an empty text if no candidate is near.
    public static func suggestion(for word: String, in candidates: [String]) -> String {
        nearest(word, in: candidates).map { suggestion($0) } ?? ""
    }
    /// Returns a list of names for a sentence: `a, b or c`.
    public static func choice(_ names: [String]) -> String {
        names.count < 2 ? names.joined() : names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1]
    }
    /// Returns true if one word has the letters of the other, in the same order.
    private static func isShortened(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Bool {
        var rest = b[...]
        return a.allSatisfy { letter in
            guard let i = rest.firstIndex(of: letter) else { return false }
            rest = rest[(i + 1)...]
            return true
        }
    }
    /// Returns the number of letters to change, add, drop or exchange with the next (Damerau and Levenshtein, each
    /// letter in one change).
    private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        var before: [Int] = []
        var above = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var row = [i + 1]
            for (j, y) in b.enumerated() {
                var d = x == y ? above[j] : min(above[j], above[j + 1], row[j]) + 1
                if i > 0, j > 0, x == b[j - 1], a[i - 1] == y { d = min(d, before[j - 1] + 1) }
                row.append(d)
            }
            (before, above) = (above, row)
        }
        return above[b.count]
    }
}
