internal import Scenario
internal import Text

extension Verdict {
    /// Returns one character without colour, or a short word if the style has only ASCII.
    func symbol(_ style: Style) -> String {
        let u = style.hasUnicode
        return switch self {
        case .pass: u ? "✓" : "ok"
        case .fail: u ? "✗" : "FAIL"
        case .warn: u ? "!" : "warn"
        case .inconc: u ? "?" : "inc"
        case .error: u ? "E" : "ERR"
        case .skip, .notRun, .none: u ? "-" : "skip"
        }
    }
    var tone: Style.Tone {
        switch self {
        case .pass: .good
        case .fail, .error: .bad
        case .warn, .inconc: .doubtful
        case .skip, .notRun, .none: .quiet
        }
    }
    /// Returns the symbol in its colour.
    func mark(_ style: Style) -> String { style.paint(symbol(style), tone) }
    /// Returns the symbol in its colour, padded to the same width for every verdict.
    func paddedMark(_ style: Style) -> String { style.padded(symbol(style), style.hasUnicode ? 1 : 4, tone) }
}
