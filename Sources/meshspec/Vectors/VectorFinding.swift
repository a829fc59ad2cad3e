import Scenario

/// What a codec made of a vector.
struct VectorFinding {
    var verdict: Verdict
    /// Why, in one line; nil when all is well.
    var reason: String?
    /// What was due, and what was said, as a whole.
    var wanted = ""
    var had = ""
    /// Bytes that the codec was to decode, where the finding is about them.
    var sent: [UInt8]?
    /// Bytes that it encoded.
    var received: [UInt8]?
    /// Which of these bytes are meant.
    var marked: Range<Int>?
    /// By field.
    var differences: [FieldDifference] = []

    init(_ verdict: Verdict, _ reason: String? = nil, wanted: String = "", had: String = "", sent: [UInt8]? = nil) {
        self.verdict = verdict
        self.reason = reason
        self.wanted = wanted
        self.had = had
        self.sent = sent
    }
}
