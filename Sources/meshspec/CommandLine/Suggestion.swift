import Wire

/// Words as the command line shows them.
enum Suggestion {
    /// What to add to a complaint about a word that is not known: the known one it was meant to be, if one is near.
    static func nearest(_ word: String, _ known: [String]) -> String {
        NearestName.nearest(word, in: known).map { ", did you mean `\($0)`?" } ?? ""
    }
}
