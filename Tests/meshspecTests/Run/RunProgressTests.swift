import Report
import Scenario
import TestThreads
import Testing
import Text
import Wire

@testable import meshspec

/// The progress reports of a run on a terminal, in a log, and for programs.
@Suite(.waits) struct RunProgressTests: RunsInAFolder {
    let folder: Folder
    init() throws {
        folder = try Folder()
        try takePartOfTheSuites()
    }

    /// Returns all output of a form. At the seconds in the set, the run prints other text.
    func written(_ form: RunProgress.Form, seconds: Int, told: Set<Int> = [], width: Int = .max) -> [String] {
        var out: [String] = []
        let p = RunProgress(form, Style(hasColour: false, width: width), tellsPrograms: false) { out.append($0) }
        for tenth in 0...seconds * 10 {
            let now = Duration.milliseconds(tenth * 100)
            if tenth % 10 == 0, told.contains(tenth / 10) { p.clear(now) }
            _ = p.show(now) { Progress(done: 1, cases: 2, elapsed: now, running: []) }
        }
        return out
    }
    /// A log has whole lines, only after 30 s without other text.
    @Test func log() {
        #expect(written(.log, seconds: 29).isEmpty)
        #expect(written(.log, seconds: 61) == ["  1/2  30 s\n", "  1/2  60 s\n"])
        #expect(written(.log, seconds: 61, told: [20, 45]).isEmpty)
        #expect(written(.log, seconds: 61, told: [20]) == ["  1/2  50 s\n"])
        #expect(written(.none, seconds: 100).isEmpty)
    }
    /// A terminal has one line that is redrawn, and the line makes room for other text.
    @Test func terminal() {
        let all = written(.terminal, seconds: 1, told: [1], width: 10)
        #expect(all.first == "  1/2  0…\u{1b}[K" && all[1] == "\r  1/2  0…\u{1b}[K")
        #expect(all.suffix(2).first == "\r\u{1b}[K" && all.last == "  1/2  1 s\u{1b}[K".replacing("1 s", with: "1…"))
    }
    @Test func programs() {
        let p = RunProgress(.none, Style(hasColour: false), tellsPrograms: true)
        let times = (0...35).filter { tenth in
            p.show(.milliseconds(tenth * 100)) { Progress(done: 1, cases: 2, elapsed: .zero, running: []) } != nil
        }
        #expect(times == [10, 20, 30])
    }
    /// Events over sockets report the current wait before the end of the case. In virtual time there are none.
    @Test func events() throws {
        try scenario("slow", ["wait: 1500ms", "assert: $(1 == 1)\n    req: NANO-16"])
        let r = try shell("meshspec run --json slow.yaml 2>/dev/null")
        let events = r.lines.compactMap { JSON.parse(Array($0.utf8)) }
        #expect(events.first?["event"] == "start" && events.last?["event"] == "summary")
        let at = try #require(events.firstIndex { $0["event"] == "progress" })
        #expect(at < (events.firstIndex { $0["event"] == "case" } ?? 0))
        guard case .list(let running)? = events[at]["running"], let one = running.first else {
            Issue.record("nobody runs")
            return
        }
        #expect(one["id"] == "own.slow" && one["waits"] == "wait 1500ms" && one["step"] == 2 && one["limit"] == 1500)
        let quiet = try shell("meshspec run --json --no-progress slow.yaml")
        #expect(!quiet.out.contains("\"progress\"") && quiet.status == 0)
        try scenario("slow", ["wait: 30m", "assert: $(1 == 1)\n    req: NANO-16"])
        let simulated = try run("slow.yaml --seed 7")
        #expect(simulated.status == 0 && !simulated.out.contains("\"progress\""))
        #expect(try run("slow.yaml --seed 7").out == simulated.out)
        #expect(!simulated.err.contains("\r"))
    }
    /// The redrawn line remains on its line on a terminal of 20 columns. No text is lost.
    @Test func narrowTerminal() throws {
        try scenario("slow", ["wait: 700ms", "assert: $(1 == 1)\n    req: NANO-16\n    because: one is one"])
        try bad("bad")
        let line =
            "stty cols 20 rows 10; meshspec run -j 1 --seed 7 slow.yaml bad.yaml nano.handshake.v3-query nano.header.deleted-type"
        let r = try shell("script -qec '\(line)' /dev/null </dev/null", variables: "LC_ALL=C.UTF-8 TERM=xterm")
        #expect(r.status == 1)
        let plain = r.out.replacing("\r\n", with: "\n").replacing(#/\u{1b}\[\d*m/#, with: "")
        let drawn = plain.split(separator: "\u{1b}[K", omittingEmptySubsequences: false).dropLast().compactMap {
            $0.split(omittingEmptySubsequences: false) { $0 == "\r" || $0 == "\n" }.last
        }
        #expect(drawn.contains { $0.hasPrefix("  1/4") || $0.hasPrefix("  0/4") })
        #expect(drawn.allSatisfy { $0.count <= 19 }, "\(drawn)")
        // The text without the redrawn and erased lines.
        let told = plain.replacing(#/[^\n\r]*\u{1b}\[K\r?/#, with: "")
        let lines = told.split(separator: "\n")
        #expect(!told.contains("\r") && !told.contains("\u{1b}"))
        for name in ["own.slow", "own.bad", "nano.handshake.v3-query", "nano.header.deleted-type"] {
            #expect(lines.contains { $0.hasSuffix(" \(name)") }, "\(name)")
        }
        #expect(lines.first?.hasPrefix("meshspec ") == true && lines.contains { $0.contains("conformance failure") })
        #expect(lines.last?.contains(" s") == true && told.contains("4 cases: 2 pass, 1\n"), "\(lines.suffix(4))")
    }
    /// The output lists skipped cases first, and has headings for sections. The next command to type precedes the
    /// summary.
    @Test func console() throws {
        let r = try shell("meshspec run --simulate --bug wrong-genesis --report json=out/x.jsonl")
        let lines = r.out.split(separator: "\n").map(String.init)
        // The two most frequent reasons depend on the part of the suites.
        #expect(
            lines[0].contains(#/ cases \([0-9]+ skipped: [0-9]+ for profile [a-z0-9, ]+, this is v28; [0-9]+ for /#),
            "\(lines[0])")
        let count = try #require(lines[0].split(separator: " cases (").first?.split(separator: " ").last)
        for section in ["nano.client", "nano.handshake", "nano.header"] {
            #expect(lines.count { $0 == section } == 1)
            let i = try #require(lines.firstIndex(of: section))
            #expect(lines[i + 1].contains(" \(section)."))
        }
        #expect(
            lines.suffix(2).first
                == "2 conformance failures · report out/x.jsonl · rerun: meshspec run --last-failed --bug wrong-genesis --simulate"
        )
        #expect(
            lines.last?.hasPrefix("\(count) cases: ") == true
                && lines.last?.contains(" pass, 2 fail, ") == true)
        let again = try shell("meshspec run --last-failed --bug wrong-genesis --simulate -q")
        let quiet = again.out.split(separator: "\n")
        #expect(
            again.status == 1 && again.out.contains("repro: ")
                && quiet.last?.hasPrefix("2 cases: 0 pass, 2 fail   MUST ") == true)
        #expect(!again.out.contains("  ✗ nano.") && quiet.count { $0.hasPrefix("✗ nano.") } == 2)
    }
}
