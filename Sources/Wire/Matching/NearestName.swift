/// Finds the known name that a misspelt one was most likely meant to be.
public enum NearestName {
    /// Longer words are not compared: nobody types them.
    public static let maximumLength = 64

    /// The candidate nearest to `word`: at most two letters, or a third of the word, may be wrong, missing or too
    /// many. Nil when none is that near. The first of equals wins.
    public static func nearest(_ word: String, in candidates: [String]) -> String? {
        let a = Array(word.unicodeScalars.prefix(maximumLength + 1))
        guard !a.isEmpty, a.count <= maximumLength else { return nil }
        var best: (String, Int)?
        for candidate in candidates {
            let b = Array(candidate.unicodeScalars.prefix(maximumLength + 1))
            // Two of two letters wrong is another word.
            let limit = min(max(2, a.count / 3), max(a.count, b.count) - 1)
            guard b.count <= maximumLength, abs(a.count - b.count) <= limit else { continue }
            let d = distance(a, b)
            if d <= limit, d < best?.1 ?? .max { best = (candidate, d) }
        }
        return best?.0
    }
    /// Letters to change, add or drop (Levenshtein).
    private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var corner = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let above = row[j + 1]
                row[j + 1] = x == y ? corner : min(corner, above, row[j]) + 1
                corner = above
            }
        }
        return row[b.count]
    }
}
