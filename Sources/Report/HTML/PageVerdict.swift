internal import Scenario

/// How a case came out, with what the baseline says of it: one word for each chip of the page. Rows of the page have
/// its number, so the order is that of `page.js`.
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
    /// Its number in rows.
    var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
