import TestReports
import Testing
import Wire

@testable import Report
@testable import Scenario
@testable import Text

struct FailureBlockTests {
    let command = "meshspec run nano.made.case --seed 0x51f2"
    func block(
        _ result: CaseResult, _ requirement: Requirement? = Made.requirements["NANO-16"],
        _ style: Style = Style(hasColour: false)
    ) -> [String] {
        FailureBlock(record: Made.record(result, command: command), requirement: requirement).lines(style)
    }

    @Test func golden() throws {
        let r = try Made.result(.fail, Made.problem(), trace: Made.trace(.message(Made.keepaliveType, Made.keepalive)))
        #expect(
            block(r) == [
                "✗ nano.made.case  step 2 of 2 · NANO-16 MUST · 214 ms  made/case.yaml:11:64",
                "  extensions: wanted 7, had 0", "  \"A query is answered.\"  doc, §1",
                "     11 |   - expect: {via: c, msg: nano.keepalive, within: 2s, fields: {extensions: 7}}",
                "        |                                                                ^^^^^^^^^^ got 0",
                "  got  nano.keepalive  peer<-node  #3  t=+0.213 s  152 bytes",
                "       network        dev", "       version_max    21", "       version_using  21",
                "       version_min    20", "       type           keepalive",
                "     ! extensions     0x0000  expected: 7",
                "       peers[0..7]    zero",
                "  0000  52 41 15 15 14 02[00 00]00 00 00 00 00 00 00 00  RA..............   <- extensions bytes 6..7",
                "  0010  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................", "  *",
                "  0090  00 00 00 00 00 00 00 00                          ........",
                "  peer ─ connected ──────────▶ node  +0.000 s  c",
                "  peer ─ 3 bytes ────────────▶ node  +0.001 s  c",
                "  peer ◀─ keepalive, 0 peers ─ node  +0.213 s  c  ✗ NANO-16",
                "  peer ◀─ closed ───────────── node  +1.300 s  c",
                "  seed 0x51f2  repro: meshspec run nano.made.case --seed 0x51f2",
            ])
    }
    /// The block shows below the requirement which implementations keep or break it.
    @Test func showsWhatOtherImplementationsDo() throws {
        var rule = try #require(Made.requirements["NANO-16"])
        rule.observations = [Observation(node: "n 1", date: "2026-11-27", keeps: false, does: "waits")]
        for (verdict, text) in [
            (Verdict.fail, "  observed: n 1 (2026-11-27: waits) breaks NANO-16 as well"),
            (.inconc, "  observed: n 1 (2026-11-27: waits) breaks NANO-16"), (.error, nil),
        ] {
            let record = CaseRecord(try Made.result(verdict, Made.problem()), content: "", rule: rule)
            let lines = FailureBlock(record: record, requirement: rule).lines(Style(hasColour: false))
            #expect(lines.first { $0.contains("observed") } == text)
            #expect(CaseRecord(JSON.parse(RunEvents.line(record)) ?? .null)?.observed == record.observed)
        }
    }
    /// The block lists connections that the node ended before, with the message that preceded each end.
    @Test func endedBefore() throws {
        var trace = Made.trace(.message(Made.keepaliveType, Made.keepalive))
        for i in trace.indices { trace[i].connection = 1 }
        let first = (0..<6).flatMap { i in
            [(Direction.sent, TraceEntry.Content.bytes([1], nil)), (.received, .closed("reset"))].map { d, c in
                TraceEntry(
                    at: .milliseconds(i), link: "first", ours: "peer", theirs: "node", direction: d, content: c,
                    connection: i + 2)
            }
        }
        var p = Made.problem()
        p.culprit = 14
        let lines = block(try Made.result(.fail, p, trace: first + trace)).filter { $0.hasPrefix("  before: ") }
        #expect(lines.first == "  before: node ended first (reset) at +0.000 s, after 1 bytes at +0.000 s")
        #expect(lines.count == 5 && lines.last == "  before: 2 more were ended")
        // The block does not list the end that it is about, nor later ones.
        #expect(block(try Made.result(.fail, Made.problem(), trace: trace)).allSatisfy { !$0.contains("before:") })
    }
    /// A datagram that is not a message shows the field that is invalid.
    @Test func aDatagramThatIsNoMessage() throws {
        let error = WireError(
            reason: .illegal, path: "extensions", offset: 6, legal: LegalValue(wanted: "others", had: "these"))
        var trace = Made.trace(.bytes(Made.keepalive, error))
        var p = Problem("unexpected bytes that are no message", .top, culprit: 2)
        p.wanted = "nano.keepalive"
        let plain = block(try Made.result(.fail, p, trace: trace))
        #expect(plain.contains { $0.contains("02[00]00") && $0.contains("byte") }, "\(plain)")
        trace[2].part = Made.keepaliveType
        let lines = block(try Made.result(.fail, p, trace: trace))
        #expect(
            lines.contains { $0.hasSuffix("<- extensions bytes 6..7") }
                && lines.contains { $0.contains("expected: others") })
    }
    /// The block is the same in ASCII, and the same with colours except for the colours.
    @Test func goldenInASCIIAndInColour() throws {
        let r = try Made.result(.fail, Made.problem(), trace: Made.trace(.message(Made.keepaliveType, Made.keepalive)))
        let unicode = block(r)
        let ascii = block(r, Made.requirements["NANO-16"], Style(hasColour: false, hasUnicode: false))
        #expect(ascii[0] == "FAIL nano.made.case  step 2 of 2 - NANO-16 MUST - 214 ms  made/case.yaml:11:64")
        #expect(ascii[2] == "  \"A query is answered.\"  doc, \\u{a7}1")
        #expect(ascii[19] == "  peer <- keepalive, 0 peers - node  +0.213 s  c  FAIL NANO-16")
        #expect(ascii.joined().utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f })
        #expect(ascii.count == unicode.count)

        let colour = block(r, Made.requirements["NANO-16"], Style(hasColour: true))
        #expect(colour[0].hasPrefix("\u{1b}[31m✗\u{1b}[0m \u{1b}[1mnano.made.case\u{1b}[0m  step"))
        #expect(colour.map(uncoloured) == unicode)
        #expect(colour != unicode)
    }
    func uncoloured(_ s: String) -> String {
        var out = ""
        var isCode = false
        for c in s.unicodeScalars {
            if c == "\u{1b}" { isCode = true }
            if !isCode { out.unicodeScalars.append(c) }
            if isCode, c == "m" { isCode = false }
        }
        return out
    }

    static let hostile = "\u{1b}[31m\u{202e}\n\r\u{9b}\u{7f}\u{200b}é…"
    /// Text from a wire or a file never affects a terminal, at any place.
    @Test(arguments: [true, false]) func hostileText(_ hasUnicode: Bool) throws {
        let h = Self.hostile
        var p = Made.problem(h)
        p.label = h
        p.because = h
        p.path = "text"
        p.wanted = h
        p.had = h
        p.mismatches = [
            Mismatch(path: "text", wanted: h, had: .text(h)), Mismatch(path: "numbers[9]" + h, wanted: h, had: nil),
        ]
        var r = try Made.result(.fail, p, trace: Made.trace(.message(Sample.self, Sample().encoded())))
        for i in r.trace.indices {
            r.trace[i].ours = h
            r.trace[i].theirs = h
            r.trace[i].link = h
        }
        r.trace[3].content = .closed(h)
        r.requirement = h
        r.scenario.id = h
        let lines = Made.text.split(separator: "\n", omittingEmptySubsequences: false)
        r.scenario.source = SourceFile(
            name: h,
            bytes: Array((lines.prefix(10).joined(separator: "\n") + "\n\u{1b}[31m\u{202e}\u{9b} é \(lines[10])").utf8))
        let rule = Made.requirement("NANO-16", .must, h, quote: h, source: h)
        let block = FailureBlock(record: Made.record(r, command: h), requirement: rule).lines(
            Style(hasColour: false, hasUnicode: hasUnicode))
        #expect(block.count > 20)
        for line in block {
            for c in line.unicodeScalars { #expect(!Escape.isDangerous(c), "\(line)") }
            if !hasUnicode { #expect(line.utf8.allSatisfy { $0 < 0x80 }, "\(line)") }
        }
        // The path of the field still leads to its bytes.
        #expect(block.contains { $0.contains("<- text bytes") })
        #expect(block.contains { $0.contains("! text") && $0.contains("\\u{202e}") })
    }
    /// Carets are below the right characters even if earlier characters are escaped.
    @Test(arguments: [true, false]) func caretsFollow(_ hasUnicode: Bool) throws {
        var r = try Made.result(.fail, Made.problem())
        r.scenario.source = SourceFile(
            name: "x.yaml", bytes: Array((String(repeating: "\n", count: 10) + "é\u{202e}…: wröng # é").utf8))
        r.problem?.span = Span(Position(line: 11, column: 6), Position(line: 11, column: 11))
        let lines = block(r, nil, Style(hasColour: false, hasUnicode: hasUnicode))
        let (text, carets) = (Array(lines[2]), Array(lines[3]))
        let start = try #require(carets.firstIndex(of: "^"))
        let end = try #require(carets.lastIndex(of: "^"))
        #expect(String(text[start...end]) == (hasUnicode ? "wröng" : "wr\\u{f6}ng"))
    }
    @Test func longLinesAreWrapped() throws {
        let r = try Made.result(.fail, Made.problem())
        let text = [String](repeating: "The node keeps its promise.", count: 10).joined(separator: " ")
        let lines = block(r, Made.requirement("NANO-16", .must, text), Style(hasColour: false, width: 80))
        #expect(lines[2].hasPrefix("  \"The node") && lines[3].hasPrefix("   "))
        #expect(lines.prefix(7).dropFirst().allSatisfy { $0.count <= 80 })
        #expect(lines[2...].prefix { !$0.contains("doc") }.joined(separator: " ").split(separator: " ").count == 50)
        // A word that is too long has its own line.
        let word = String(repeating: "x", count: 300)
        #expect(
            block(r, Made.requirement("NANO-16", .must, "a \(word) b"), Style(hasColour: false, width: 1)).contains {
                $0.contains(word)
            })
    }
    @Test func withoutProblem() throws { #expect(block(try Made.result(.pass)).isEmpty) }
    /// If nothing arrived, the block has the expected record, the actual state, and no record.
    @Test func nothingCame() throws {
        var p = Problem(
            "no nano.keepalive within 2s", Span(Position(line: 11, column: 28), Position(line: 11, column: 42)))
        p.wanted = "nano.keepalive"
        p.had = "nothing"
        let lines = block(try Made.result(.fail, p, trace: Array(Made.trace(.opened).prefix(2))))
        #expect(lines.contains { $0.hasSuffix(" ^^^^^^^^^^^^^^") })
        #expect(lines[2...3] == ["  expected: nano.keepalive", "       got: nothing"])
        #expect(!lines.contains { $0.hasPrefix("  got  ") || $0.contains("✗ NANO") })
    }
    /// The block of a false expression has each value on a line. It does not repeat the expression.
    @Test func valuesOfAnAssertion() throws {
        var p = Problem("not true: a == bcd", Span(Position(line: 11, column: 28), Position(line: 11, column: 35)))
        p.wanted = "a == bcd"
        p.had = "a = 1, bcd = 2"
        p.facts = [("a", "1"), ("bcd", "2")]
        let lines = block(try Made.result(.fail, p, trace: []))
        let at = try #require(lines.firstIndex(of: "  not true: a == bcd"))
        #expect(lines[(at + 1)...(at + 2)] == ["  a    1", "  bcd  2"])
        #expect(!lines.contains { $0.contains("expected:") || $0.contains("got:") })
    }
    /// The block for bytes that are not a message has the reason and the place of the error. A record of the runner is
    /// marked as sent.
    @Test func bytesAndOwnRecords() throws {
        var p = Made.problem()
        p.path = ""
        p.mismatches = []
        let error = WireError(reason: .truncated, path: "peers", offset: 8, wanted: 144, had: 1)
        var r = try Made.result(.fail, p, trace: Made.trace(.bytes(Array(Made.keepalive.prefix(9)), error)))
        #expect(block(r).contains { $0.hasPrefix("     ! ") && $0.contains("peers") })
        r = try Made.result(.fail, p, trace: Made.trace(.message(Made.keepaliveType, Array(Made.keepalive.prefix(9)))))
        #expect(block(r).contains { $0.hasPrefix("     ! stopped: ") })
        #expect(block(r).contains { $0.contains("[00]") && $0.contains("<- bytes 8..8") })
        r.trace[2].direction = .sent
        #expect(block(r).contains { $0.hasPrefix("  sent  nano.keepalive  peer->node  #3") })
        // A connection event has no number of bytes.
        r.trace[2].content = .closed("closed")
        #expect(block(r).contains("  sent  closed  peer->node  #3  t=+0.213 s"))
        // A culprit outside of the trace is ignored.
        r.problem?.culprit = 17
        #expect(block(r).count > 4)
    }
}
