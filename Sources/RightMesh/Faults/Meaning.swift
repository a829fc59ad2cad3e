internal import Node

extension Misbehaviour {
    /// What a fault breaks, and how.
    struct Meaning: Sendable {
        var fault: Misbehaviour
        /// What it breaks first of all, and what as well.
        var requirement: String
        var also: [String]
        var summary: String
        init(_ fault: Misbehaviour, _ requirement: String, also: [String] = [], _ summary: String) {
            (self.fault, self.requirement, self.also, self.summary) = (fault, requirement, also, summary)
        }
    }
    /// Of all faults, by chapter.
    static let meanings =
        datagramsFaults + bodiesFaults + rejoiningFaults + routesFaults + listsFaults + messagesFaults + findingFaults
    /// All, as the rest of the program knows them.
    static let bugs = meanings.map { Bug($0.fault.rawValue, breaks: $0.requirement, also: $0.also, $0.summary) }
}

extension Misbehaviour? {
    /// A time of the specification, as a node keeps it: with one fault a quarter too short, with another a quarter too
    /// long.
    func span(_ time: Duration, early: Misbehaviour? = nil, late: Misbehaviour? = nil) -> Duration {
        .nanoseconds(span(time.nanoseconds, early: early, late: late))
    }
    /// The same in nanoseconds.
    func span(_ time: Int64, early: Misbehaviour? = nil, late: Misbehaviour? = nil) -> Int64 {
        guard let self else { return time }
        return self == early ? time / 4 * 3 : self == late ? time / 4 * 5 : time
    }
}
