internal import Scenario

/// The result of a case, including its comparison with the baseline. Each value is one chip of the page. Rows of the
/// page contain its number, so the order must be the same as in `page.js`.
enum PageVerdict: String, CaseIterable {
    case pass
    case fail
    case warn
    case inconc
    case error
    case skip
    case xfail
    case xpass
    case notRun = "notrun"
    case none

    init(_ r: CaseRecord) {
        switch r.expectation {
        case .failed: self = .xfail
        case .passed: self = .xpass
        case .changed, .expired, nil: self.init(r.verdict)
        }
    }
    init(_ v: Verdict) { self = Self(rawValue: v.rawValue) ?? .none }
    /// The number in rows.
    var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
