import Testing

@testable import Report
@testable import Scenario
@testable import Text

/// Tests the text of the diagram. Tests/Interop/evidence uses other tools to check that it is well-formed and readable.
struct LadderSVGTests {
    func svg(_ r: CaseResult) -> String { String(decoding: LadderSVG.bytes(r), as: UTF8.self) }
    func count(_ part: String, _ s: String) -> Int {
        s.split(separator: part, omittingEmptySubsequences: false).count - 1
    }

    @Test func failure() throws {
        let s = svg(try Made.evidence())
        #expect(s.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\"") && s.hasSuffix("</svg>\n"))
        #expect(s.contains(">peer</text>") && s.contains(">node</text>"))
        #expect(s.contains(">c: keepalive, 0 peers</text>") && s.contains(">c: 3 bytes</text>"))
        #expect(count("<path class=\"tip\"", s) == 4 && count("<g class=\"bad\">", s) == 1)
        #expect(s.contains("✗ NANO-16: extensions: wanted 7, had 0") && s.contains("FAIL  NANO-16 MUST"))
        #expect(s.contains("prefers-color-scheme: dark") && s.contains("+0.213 s"))
        #expect(s.contains("✗   2  line 11"))
    }
    @Test func hostileText() throws {
        var r = try Made.evidence()
        r.id = "</svg><script>alert(1)</script>\u{1b}\u{202e}\u{fffe}\u{0}"
        r.trace[0].ours = "<a b='c'>&\""
        r.trace[3].content = .closed("]]>\u{9b}")
        r.problem?.reason = "<![CDATA["
        let s = svg(r)
        #expect(count("<script", s) == 0 && count("</svg>", s) == 1 && count("<a ", s) == 0 && !s.contains("<!["))
        #expect(s.contains("&lt;script&gt;") && s.contains("\\u{1b}\\u{202e}\\u{fffe}\\u{0}"))
        #expect(s.unicodeScalars.allSatisfy { $0 == "\n" || !Escape.isDangerous($0) })
    }
    /// The diagram of a long case omits the middle, but keeps the entries near the failure.
    @Test func bounded() throws {
        var r = try Made.result(.fail, Made.problem())
        r.trace = (0..<5000).map { i in
            TraceEntry(
                at: .milliseconds(i), link: "c", ours: "peer", theirs: "node", direction: .sent,
                content: .bytes([UInt8](repeating: 0, count: i), nil), isCulprit: i == 2500)
        }
        let s = svg(r)
        #expect(count("<path class=\"tip\"", s) == 120 + 120 + 41)
        #expect(count("more, see trace.ndjson", s) == 2 && s.contains("… 2360 more") && s.contains("… 2359 more"))
        for n in [0, 119, 2480, 2500, 2520, 4880, 4999] { #expect(s.contains(">c: \(n) bytes<")) }
        for n in [120, 2479, 2521, 4879] { #expect(!s.contains(">c: \(n) bytes<")) }
        #expect(s.utf8.count < 300_000)
    }
    /// If there are too many actors, some share a column.
    @Test func manyActors() throws {
        var r = try Made.result(.pass)
        r.trace = (0..<100).map { i in
            TraceEntry(
                at: .zero, link: "c\(i)", ours: "peer", theirs: "node\(i)", direction: .sent, content: .opened)
        }
        let s = svg(r)
        #expect(count("<g class=\"actor\">", s) == LadderCanvas.maximumColumns && s.contains(">others</text>"))
        #expect(count("<path class=\"tip\"", s) == 100)
        // Three actors have three columns.
        r.trace = Array(r.trace.prefix(2))
        #expect(count("<g class=\"actor\">", svg(r)) == 3)
    }
    /// Without messages, the diagram has the verdict and the results of the steps.
    @Test func silence() throws {
        var r = try Made.evidence()
        r.trace = []
        r.problem?.culprit = nil
        r.steps = [Made.outcome(1, 0, .failed, .error, reason: "no connection", traced: 0)]
        let s = svg(r)
        #expect(count("<path class=\"tip\"", s) == 0 && s.contains("step 1 (line 10)") && s.contains("no connection"))
        r.steps = []
        r.problem = nil
        #expect(svg(r).hasSuffix("</svg>\n"))
    }
    @Test func stepsWithoutAnEntry() throws {
        var r = try Made.evidence()
        r.steps.insert(Made.outcome(2, 5, .leftOut, .none, traced: 2), at: 1)
        #expect(svg(r).contains("left out, its `if` was not true"))
        // A loop does not fill the diagram.
        r.steps.insert(contentsOf: (0..<300).map { Made.outcome(1, $0, traced: 2) }, at: 2)
        #expect(svg(r).contains("step 1 (line 10) open peer -&gt; node as c: held, 300 times<"))
        #expect(count("class=\"badge\"", svg(r)) == 4)
    }
}
