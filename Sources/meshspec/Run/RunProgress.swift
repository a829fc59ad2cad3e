import Glibc
import Report
import Scenario

/// Shows those who wait how far a run is: a line of the terminal that is drawn again and again, a line of a log when
/// nothing else was told for a while, an event of `--json` once a second.
final class RunProgress {
    /// What goes to people.
    enum Form {
        case none
        case terminal
        case log
    }
    /// A line of a log, when nothing else comes.
    static let silence = Duration.seconds(30)
    private let form: Form
    private let style: Style
    /// Events are wanted.
    private let tellsPrograms: Bool
    private var drawn = Pace(.milliseconds(100))
    private var told = Pace(RunProgress.silence)
    private var streamed = Pace(.seconds(1))
    private var isShowing = false
    private let write: (String) -> Void

    /// In virtual time no program is told: the events of two runs with one seed are the same.
    init(
        _ form: Form, _ style: Style, tellsPrograms: Bool,
        write: @escaping (String) -> Void = { Console.write($0, to: 2) }
    ) {
        self.write = write
        self.form = form
        self.style = style
        self.tellsPrograms = tellsPrograms
    }
    /// Shows what `progress` gives to whom it is due; returns the event, when one is.
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
    /// Makes room for a line that is about to be told.
    func clear(_ now: Duration) {
        told.put(off: now)
        guard isShowing else { return }
        write("\r\u{1b}[K")
        isShowing = false
    }
}
