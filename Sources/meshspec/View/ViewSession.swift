import Capture
import Glibc
import Network
import Node
import Records
import Report
import Scenario

/// A view on a terminal. It waits for keys, signals and messages, and redraws the screen.
struct ViewSession {
    /// The shortest time between two screens that only add messages, in milliseconds.
    private static let pause: Int64 = 40
    /// The time in milliseconds after which an escape character is a key of its own.
    private static let escapePause: Int64 = 50
    /// The number of messages that the filter tests before keys are read again.
    private static let workAtOnce = 2000

    private var model: ViewModel
    private var painter: ScreenPainter
    private var writer: ScreenWriter
    private var parser = KeyParser()
    /// The keys that arrived after a key that chose a filter.
    private var waiting: ArraySlice<Key> = []
    private let terminal: Terminal
    private let signals: SignalQueue
    private let feed: ViewFeed
    private let clock = MonotonicClock()
    private var complaints: [String] = []
    private var omitted = 0
    /// The exit status; nil until the view ends.
    private var status: Int32?
    private var failure: CommandError?
    /// The time of the last redraw, in milliseconds.
    private var drawn: Int64 = -1000
    private var escapeAt: Int64 = 0
    /// True if the screen is out of date, and true if it must be redrawn at once because the user waits.
    private var isDirty = true
    private var isUrgent = true

    init(_ model: ViewModel, terminal: Terminal, signals: SignalQueue, feed: ViewFeed, colour: Bool) {
        (self.model, self.terminal, self.signals, self.feed) = (model, terminal, signals, feed)
        painter = ScreenPainter(Registry.decoded, hasUnicode: Console.hasUnicode)
        writer = ScreenWriter(hasColour: colour)
    }
    /// Runs until the user quits, and returns the exit status. Problems of the capture are printed on standard error.
    mutating func run() -> Int32 {
        terminal.enter()
        model.resize(terminal.size)
        while status == nil {
            draw()
            wait()
        }
        feed.close()
        terminal.leave()
        var diagnostics = Output(2, of: "view")
        if let failure { diagnostics.report(failure) }
        for line in complaints { diagnostics.append("meshspec: \(Printable.text(line))\n") }
        if omitted > 0 { diagnostics.append("meshspec: and \(omitted) more such notes\n") }
        diagnostics.flush()
        return status ?? ExitCode.good
    }

    private var now: Int64 { (clock.now - .zero).nanoseconds / 1_000_000 }
    private mutating func draw() {
        guard isDirty, isUrgent || now - drawn >= Self.pause else { return }
        if !terminal.write(writer.bytes(for: painter.paint(model))) { status = ExitCode.good }
        (isDirty, isUrgent, drawn) = (false, false, now)
    }
    /// Waits for the next event and handles it.
    private mutating func wait() {
        var descriptors = [terminal.input, signals.descriptor, feed.descriptor].map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        poll(&descriptors, 3, Int32(clamping: timeout))
        let ready = descriptors.map { $0.revents != 0 }
        if ready[1] { takeSignals() }
        if ready[0] { takeKeys() } else if parser.isWaiting, now >= escapeAt, let key = parser.pause() { take([key]) }
        // Filter the received messages before new ones are taken. Meanwhile the reader waits, so that no message is
        // dropped before the user could see it.
        if !model.hasWork, ready[2] || model.feed != .ended { takeNews() }
        if model.hasWork {
            model.work(Self.workAtOnce)
            isDirty = true
        }
        while !model.hasWork, !waiting.isEmpty { takeWaiting() }
    }
    /// The time to wait in milliseconds; -1 for no limit.
    private var timeout: Int64 {
        if model.hasWork { return 0 }
        var all: [Int64] = model.feed == .ended ? [] : [500]
        if isDirty { all.append(drawn + Self.pause - now) }
        if parser.isWaiting { all.append(escapeAt - now) }
        return all.min().map { max(0, $0) } ?? -1
    }
    private mutating func takeSignals() {
        while let signal = signals.next() {
            switch signal {
            case SIGWINCH: break
            case SIGTSTP:
                terminal.leave()
                signals.perform(SIGTSTP)
                fallthrough
            case SIGCONT:
                terminal.enter()
                writer.forget()
            default: status = 128 + signal
            }
            model.resize(terminal.size)
            (isDirty, isUrgent) = (true, true)
        }
    }
    private mutating func takeKeys() {
        guard let bytes = terminal.read() else { return status = ExitCode.good }
        take(parser.keys(bytes))
        escapeAt = now + Self.escapePause
    }
    private mutating func take(_ keys: [Key]) {
        let isNext = waiting.isEmpty
        waiting += keys
        if isNext { takeWaiting() }
    }
    /// Handles keys up to one that chooses a filter.
    private mutating func takeWaiting() {
        (isDirty, isUrgent) = (true, true)
        while let key = waiting.popFirst() {
            switch model.take(key) {
            case .none: break
            case .redraw: writer.forget()
            case .quit:
                status = complaints.isEmpty && model.lost == 0 ? ExitCode.good : ExitCode.failed
                waiting = []
            case .filter: return
            }
        }
    }
    private mutating func takeNews() {
        let news = feed.take()
        if model.packets != news.packets || model.lost != news.lost { isDirty = true }
        (model.packets, model.lost) = (news.packets, news.lost)
        for message in news.messages where !model.add(message) {
            feed.close()
            break
        }
        if !news.complaints.isEmpty {
            complaints += news.complaints
            isDirty = true
        }
        omitted = news.omitted
        if let last = complaints.last {
            let count = complaints.count + omitted
            model.trouble = count == 1 ? Printable.text(last) : "\(count) notes, printed at the end"
        }
        guard news.isOver, model.feed != .ended else { return }
        (model.feed, isDirty) = (.ended, true)
        failure = news.failure
        if failure != nil { status = ExitCode.environment }
    }
}
