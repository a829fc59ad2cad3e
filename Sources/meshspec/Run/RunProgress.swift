import Glibc
import Report
import Scenario
import Text

/// Shows the progress of a run. A terminal has one line that is redrawn. A log has a line after a silent period.
/// Programs receive an event of `--json` once a second.
final class RunProgress {
    /// The form of the progress for people.
    enum Form {
        case none
        case terminal
        case log
    }
    /// The time without other output after which a log has a line.
    static let silence = Duration.seconds(30)
    private let form: Form
    private let style: Style
    /// True if programs receive progress events.
    private let tellsPrograms: Bool
    private var drawn = Pace(.milliseconds(100))
    private var told = Pace(RunProgress.silence)
    private var streamed = Pace(.seconds(1))
    private var isShowing = false
    private let write: (String) -> Void

    /// `tellsPrograms` is false in virtual time, so that two runs with the same seed have the same events.
    init(
        _ form: Form, _ style: Style, tellsPrograms: Bool,
        write: @escaping (String) -> Void = { Console.write($0, to: 2) }
    ) {
        self.write = write
        self.form = form
        self.style = style
        self.tellsPrograms = tellsPrograms
    }
    /// Shows the progress if it is due. Returns the event for programs if that is due. `progress` is called only if
    /// needed.
    func show(_ now: Duration, _ progress: () -> Progress) -> [UInt8]? {
        let isDrawn = form == .terminal && drawn.isDue(now)
        let isTold = form == .log && told.isDue(now)
        let isStreamed = tellsPrograms && streamed.isDue(now)
        guard isDrawn || isTold || isStreamed else { return nil }
        let p = progress()
        if isDrawn {
            write("\(isShowing ? "\r" : "")\(p.line(style))\u{1b}[K")
            isShowing = true
        }
        if isTold { write(p.line(style) + "\n") }
        return isStreamed ? RunEvents.line(p.event) : nil
    }
    /// Clears the line of the terminal before another line is printed.
    func clear(_ now: Duration) {
        told.put(off: now)
        guard isShowing else { return }
        write("\r\u{1b}[K")
        isShowing = false
    }
}
