import Scenario

/// The judgement of a codec's answers for a vector.
struct VectorFinding {
    var verdict: Verdict
    /// The reason in one line; nil for a pass.
    var reason: String?
    /// The expected and the actual answer as a whole.
    var wanted = ""
    var had = ""
    /// The bytes that the codec had to decode, if the finding is about them.
    var sent: [UInt8]?
    /// The bytes that the codec encoded.
    var received: [UInt8]?
    /// The range of these bytes that is wrong.
    var marked: Range<Int>?
    /// The differences by field.
    var differences: [FieldDifference] = []

    init(_ verdict: Verdict, _ reason: String? = nil, wanted: String = "", had: String = "", sent: [UInt8]? = nil) {
        self.verdict = verdict
        self.reason = reason
        self.wanted = wanted
        self.had = had
        self.sent = sent
    }
}
