internal import Scenario

/// How a case came out, with what the baseline says of it: one word for each chip of the page. Rows of the page have
/// its number, so the order is that of `page.js`.
enum PageVerdict: Int, CaseIterable {
    case pass
    case fail
    case warn
    case inconc
    case error
    case skip
    case xfail
    case xpass
    case notRun
    case none

    init(_ r: CaseRecord) {
        switch r.expectation {
        case .failed: self = .xfail
        case .passed: self = .xpass
        case .changed, .expired, nil: self.init(r.verdict)
        }
    }
    init(_ v: Verdict) {
        self =
            switch v {
            case .pass: .pass
            case .fail: .fail
            case .warn: .warn
            case .inconc: .inconc
            case .error: .error
            case .skip: .skip
            case .notRun: .notRun
            case .none: .none
            }
    }
}
