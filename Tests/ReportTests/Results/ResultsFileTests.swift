import Node
import Testing
import Wire

@testable import Report
@testable import Scenario

/// A results file gives the same results when it is read. A file of another kind is refused, with the line.
struct ResultsFileTests {
    let head = RunHead(
        program: "1.2", target: "n\u{202e}", profile: "v28", seed: .max, cases: 2, started: "2026-01-02T03:04:05Z",
        requirements: Made.requirements)

    func lines(_ records: [CaseRecord], ends: Bool = true) -> [[UInt8]] {
        var out = ReportBuffer()
        var format = ResultsFormat()
        format.begin([head], to: &out)
        for r in records { format.add(r, run: 0, to: &out) }
        if ends { format.end([RunEnd(counts: Counts(), exit: 1, cutShort: "why")], to: &out) }
        return out.take().split(separator: 0x0a).map(Array.init)
    }
    func read(_ lines: [[UInt8]]) throws -> [ResultsReader.Event] {
        var reader = ResultsReader()
        return try lines.map { try reader.read($0) }
    }
    /// The file holds the beginning of a long message with its length, and marks a flaky case.
    @Test func writesBeginningAndLengthOfLongMessages() throws {
        var record = try full()
        record.failure?.trace[1].kind = .bytes
        record.failure?.trace[1].bytes = [UInt8](repeating: 7, count: 70_000)
        (record.verdict, record.expectation) = (.pass, nil)
        let line = RunEvents.line(record)
        let value = try #require(JSON.parse(line))
        #expect(value["flaky"] == true && line.count < 200_000)
        let read = try #require(CaseRecord(value)?.failure?.trace[1])
        #expect(read.bytes.count == 65_536 && read.size == 70_000 && read.what == "70000 bytes")
    }
    /// Returns a record with each possible field.
    func full() throws -> CaseRecord {
        var p = Made.problem()
        p.branch = "b\u{0}"
        p.because = "\u{1b}[31m"
        var r = try Made.result(.fail, p, trace: Made.trace(.message(Made.keepaliveType, Made.keepalive)))
        r.variant = "chop:bytes"
        r.round = 3
        r.retries = 1
        r.expectation = .changed(was: "NANO-18 0123")
        var record = Made.record(r)
        record.evidence = "out/x"
        record.leftOut = LeftOut(entries: 3, bytes: 40)
        let outcome = CaseRecord.Step.Outcome(
            state: .failed, began: .microseconds(3), ended: .milliseconds(4), verdict: .fail, reason: "\u{202e}",
            rounds: 3)
        record.steps = [
            CaseRecord.Step(
                line: 3, file: "f.yaml", depth: 2, text: "expect\u{1b}", label: "why", requirement: "NANO-16",
                isCleanup: true, outcome: outcome),
            CaseRecord.Step(line: 4, text: "wait"),
        ]
        record.failure?.stopped = "short"
        record.failure?.facts = [("key", "0x00\u{1b}")]
        record.failure?.trace[1].error = "no message"
        record.failure?.trace[1].connection = 1
        record.failure?.trace[2].notes = ["step 1: held", "step 2\u{202e}"]
        record.failure?.trace[2].carrier = .datagrams
        record.failure?.trace[1].carrier = .layers
        record.failure?.trace[2].leftOut = LeftOut(entries: 3, bytes: 40)
        record.failure?.connections = [
            CaseConnection(link: "c", ours: "peer", theirs: "node", local: .loopback(1), peer: .loopback(2)),
            CaseConnection(link: "d", ours: "peer", theirs: "node"),
        ]
        return record
    }
    @Test func roundTrip() throws {
        let written = try [
            full(), Made.record(Made.result(.pass), command: ""),
            Made.record(.error, Made.problem("\u{202e}</script>]]>")),
        ]
        let events = try read(lines(written))
        guard case .start(let h) = events[0], case .summary(let s) = events[4] else {
            Issue.record("no start or summary")
            return
        }
        #expect(h.target == head.target && h.seed == .max && h.started == head.started && h.cases == 2)
        #expect(h.requirements.all.map(\.id) == ["NANO-16", "NANO-18", "NANO-24"])
        #expect(h.requirements["NANO-24"]?.level == .should)
        #expect(s.exit == 1 && s.cutShort == "why")
        for (event, wanted) in zip(events[1...3], written) {
            guard case .record(let r) = event else {
                Issue.record("no record")
                continue
            }
            #expect("\(r)" == "\(wanted)")
            var again: [UInt8] = []
            r.write(to: &again)
            var first: [UInt8] = []
            wanted.write(to: &first)
            #expect(again == first)
        }
    }
    @Test func whatIsNoResultsFile() throws {
        func reason(_ lines: [String]) -> String {
            do {
                _ = try read(lines.map { Array($0.utf8) })
                return ""
            } catch { return "\(error)" }
        }
        let start = String(decoding: lines([])[0], as: UTF8.self)
        let end = String(decoding: lines([])[1], as: UTF8.self)
        #expect(reason(["hello"]).hasPrefix("line 1: not the results of a run"))
        #expect(reason([#"{"event":"case","id":"x"}"#]).hasPrefix("line 1: not the results of a run"))
        #expect(reason([#"{"event":"start","target":"x"}"#]).hasPrefix("line 1: not the results of a run"))
        let later = start.replacing("\"version\":1", with: "\"version\":2")
        #expect(
            reason([later])
                == "line 1: format 2 of results is from a later meshspec (1.2): this one reads up to format 1"
        )
        #expect(reason([start, #"{"event":"case","id":"x","verd"#]).hasPrefix("line 2: not an event of a run"))
        #expect(reason([start, #"{"event":"case","id":"x"}"#]).hasPrefix("line 2: a case without its id"))
        #expect(reason([start, start]).hasPrefix("line 2: a second run begins"))
        #expect(reason([start, end, end]).hasPrefix("line 3: there is a line after the summary"))
        #expect(reason([start, #"{"event":"later-thing"}"#, end]) == "")
    }
    /// A file that is cut at any byte causes no trap and is never complete.
    @Test func cutShort() throws {
        let all: [UInt8] = Array(lines([try full()]).joined(separator: [0x0a]))
        for n in stride(from: 0, to: all.count - 1, by: 7) {
            var reader = ResultsReader()
            for line in all.prefix(n).split(separator: 0x0a) {
                do { _ = try reader.read(Array(line)) } catch { break }
            }
            #expect(!reader.isWhole)
        }
    }
}
