import Wire

/// Suggestions for misspelled words of a command line.
enum Suggestion {
    /// Returns the text ", did you mean ..." for an unknown word if a known one is similar; otherwise an empty text.
    static func nearest(_ word: String, _ known: [String]) -> String {
        NearestName.nearest(word, in: known).map { ", did you mean `\($0)`?" } ?? ""
    }
}
