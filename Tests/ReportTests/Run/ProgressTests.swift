import Testing
import Wire

@testable import Report
@testable import Scenario
@testable import Text

/// The progress reports for the user.
struct ProgressTests {
    let wait = RunningCase.Wait(
        step: "expect on c: the connection to be closed", number: 2, waited: .milliseconds(8200), limit: .seconds(15))
    func progress(_ left: TimeLeft? = TimeLeft(time: .milliseconds(19_600), isAtLeast: false)) -> Progress {
        Progress(
            done: 12, cases: 64, elapsed: .milliseconds(3100), left: left,
            running: [
                .init(id: "nano.b", elapsed: .seconds(1)),
                .init(id: "nano.handshake.idle", elapsed: .milliseconds(8300), wait: wait),
            ])
    }
    @Test func line() {
        let style = Style(hasColour: false)
        #expect(
            progress().line(style)
                == "  12/64  3.1 s  ~20 s left  nano.handshake.idle: expect on c: the connection to be closed (8.2 of 15 s)  +1"
        )
        #expect(progress(nil).line(style).hasPrefix("  12/64  3.1 s  nano.handshake.idle"))
        let least = progress(TimeLeft(time: .seconds(300), isAtLeast: true)).line(style)
        #expect(least.hasPrefix("  12/64  3.1 s  at least 5 min left  "))
        let endless = Progress(done: 7, cases: nil, elapsed: .seconds(200), running: [])
        #expect(endless.line(style) == "  7  3 min")
    }
    /// The line fits on one line of the terminal at each width, and foreign text in it is harmless.
    @Test(arguments: [1, 2, 19, 20, 21, 80, 300]) func isNoWiderThanTheTerminal(_ width: Int) {
        for hasUnicode in [true, false] {
            let style = Style(hasColour: true, hasUnicode: hasUnicode, width: width)
            #expect(progress().line(style).count <= max(style.ellipsis.count, width - 1))
        }
        let hostile = Progress(
            done: 0, cases: 1, elapsed: .zero, running: [.init(id: "a\r\n\u{1b}[2J\u{202e}", elapsed: .zero)])
        let line = hostile.line(Style(hasColour: false))
        #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202e })
    }
    @Test func event() {
        let e = progress().event
        #expect(e["event"] == "progress" && e["done"] == 12 && e["cases"] == 64 && e["milliseconds"] == 3100)
        #expect(e["left"] == 19_600 && e["atLeast"] == nil)
        guard case .list(let running)? = e["running"] else {
            Issue.record("nobody runs")
            return
        }
        #expect(running[0]["id"] == "nano.handshake.idle" && running[0]["limit"] == 15_000 && running[0]["step"] == 2)
        #expect(running[1]["id"] == "nano.b" && running[1]["waits"] == nil)
        // Neither a terminal nor an event shows 256 cases at a time.
        let many = (0..<256).map { RunningTime(id: "\($0)", elapsed: .seconds($0)) }
        #expect(Progress(done: 0, cases: 256, elapsed: .zero, running: many).running.map(\.id).first == "255")
        #expect(Progress(done: 0, cases: 256, elapsed: .zero, running: many).running.count == 16)
    }
    @Test(arguments: [
        (0, "0 s"), (49, "0 s"), (50, "0.1 s"), (8200, "8.2 s"), (9949, "9.9 s"), (9950, "10 s"), (119_400, "119 s"),
        (119_950, "2 min"), (7_140_000, "119 min"), (7_200_000, "2 h"), (-5, "0 s"),
    ]) func time(_ ms: Int, _ wanted: String) { #expect(Progress.time(.milliseconds(ms)) == wanted) }

    // The remaining time.

    @Test func fromTheLastRun() {
        var e = Estimate(known: ["a": .seconds(10), "b": .seconds(20)], jobs: 1)
        #expect(e.left([]) == nil)
        e.expect("a")
        e.expect("b", times: 2)
        #expect(e.left([]) == TimeLeft(time: .seconds(50), isAtLeast: false))
        #expect(e.left([.init(id: "a", elapsed: .seconds(4))]) == TimeLeft(time: .seconds(46), isAtLeast: false))
        e.finished("a", took: .seconds(3))
        #expect(e.left([]) == TimeLeft(time: .seconds(40), isAtLeast: false))
    }
    /// Without an earlier time of a case, the estimate uses other cases. Before the first of them ends, it only reports
    /// a minimum.
    @Test func fromTheAverage() {
        var again = Estimate(known: ["a": .seconds(10)], jobs: 1)
        for id in ["a", "b", "c"] { again.expect(id) }
        again.finished("c", took: .milliseconds(3))
        // The retries are expected to take as long as the first tries.
        again.retried("b", took: .seconds(5))
        #expect(again.left([]) == TimeLeft(time: .seconds(15), isAtLeast: false))
        again.retried("a", took: .seconds(4))
        #expect(again.left([]) == TimeLeft(time: .seconds(9), isAtLeast: false))
        // The duration of a case that takes longer than ever is unknown.
        #expect(again.left(["a", "b"].map { RunningTime(id: $0, elapsed: .seconds(20)) }) == nil)
        var e = Estimate(known: ["a": .seconds(10)], jobs: 1)
        e.expect("x", times: 3)
        #expect(e.left([]) == nil)
        e.expect("a")
        #expect(e.left([]) == TimeLeft(time: .seconds(10), isAtLeast: true))
        e.finished("x", took: .seconds(4))
        #expect(e.left([]) == TimeLeft(time: .seconds(18), isAtLeast: false))
        // A case that did not run does not affect the average.
        e.finished("x", took: nil)
        #expect(e.left([]) == TimeLeft(time: .seconds(14), isAtLeast: false))
    }
    /// Parallel cases take less time, but at least the time of the longest case.
    @Test func sideBySide() {
        var e = Estimate(known: ["a": .seconds(10), "b": .seconds(2)], jobs: 4)
        e.expect("b", times: 20)
        #expect(e.left([]) == TimeLeft(time: .seconds(10), isAtLeast: false))
        e.expect("a")
        #expect(
            e.left([.init(id: "a", elapsed: .seconds(1))]) == TimeLeft(time: .milliseconds(12_250), isAtLeast: false))
        for _ in 0..<19 { e.finished("b", took: .seconds(2)) }
        #expect(e.left([.init(id: "a", elapsed: .seconds(1))])?.time == .seconds(9))
        // A case that takes longer than the last time adds nothing.
        #expect(e.left([.init(id: "a", elapsed: .seconds(60))])?.time == .seconds(1))
    }
    @Test func pace() {
        var p = Pace(.seconds(30))
        var due: [Int] = []
        for now in 1...100 {
            if now == 29 { p.put(off: .seconds(29)) }
            if p.isDue(.seconds(now)) { due.append(now) }
        }
        #expect(due == [59, 89])
    }
}
