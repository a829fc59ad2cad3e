import Testing

@testable import Report
@testable import Scenario
@testable import Text

struct LadderTests {
    let plain = Style(hasColour: false, hasUnicode: false)
    func trace(_ count: Int) -> [CaseRecord.Exchange] {
        (0..<count).map { i in
            CaseRecord.Exchange(
                at: .milliseconds(i), link: "c", ours: "peer", theirs: "node",
                direction: i % 2 == 0 ? .sent : .received, kind: .bytes, name: "",
                bytes: [UInt8](repeating: 0, count: i))
        }
    }
    func lines(_ trace: [CaseRecord.Exchange], culprit: Int? = nil, _ note: String = "here") -> [String] {
        Ladder.lines(trace, culprit: culprit, last: 8, note, plain)
    }
    @Test func empty() { #expect(lines([]).isEmpty) }
    @Test func bothWays() {
        let unicode = Style(hasColour: false)
        let trace = Made.trace(.bytes([9], nil)).map { CaseRecord.Exchange($0) }
        #expect(
            Ladder.lines(trace, culprit: 2, last: 8, "here", unicode) == [
                "peer ─ connected ─▶ node  +0.000 s  c", "peer ─ 3 bytes ───▶ node  +0.001 s  c",
                "peer ◀─ 1 bytes ─── node  +0.213 s  c  here", "peer ◀─ closed ──── node  +1.300 s  c",
            ])
        #expect(
            lines(trace, culprit: 2) == [
                "peer - connected -> node  +0.000 s  c", "peer - 3 bytes ---> node  +0.001 s  c",
                "peer <- 1 bytes --- node  +0.213 s  c  here", "peer <- closed ---- node  +1.300 s  c",
            ])
    }
    /// A message in several datagrams, and a message that layers carried over a stream.
    @Test func messagesOfOthers() {
        func text(_ set: (inout CaseRecord.Exchange) -> Void) -> String {
            var e = CaseRecord.Exchange(Made.trace(.message(Made.keepaliveType, Made.keepalive))[2])
            set(&e)
            return Ladder.short(e)
        }
        let plain = text { _ in }
        #expect(plain == "keepalive, 0 peers")
        // A message without a summary has its name and size.
        #expect(text { $0.summary = nil } == "keepalive \(Made.keepalive.count) B")
        #expect(text { $0.carrier = .datagrams } == plain + " in several datagrams")
        #expect(text { $0.carrier = .layers } == plain + " in layers")
    }
    /// Units of layers have their own lines only if they carried no message, or if the failure is about them.
    @Test func unitsOfLayers() {
        func unit(_ name: String, _ size: Int, _ carrier: TraceEntry.Carrier? = nil) -> CaseRecord.Exchange {
            var e = trace(1)[0]
            (e.kind, e.name, e.carrier, e.bytes) = (.message, name, carrier, [UInt8](repeating: 0, count: size))
            return e
        }
        let all = [
            unit("libp2p.noise_frame", 110), unit("libp2p.yamux_frame", 92, .layers),
            unit("gossipsub.rpc", 80, .layers),
            unit("libp2p.noise_frame", 30), unit("libp2p.yamux_frame", 12, .layers),
            unit("libp2p.yamux_frame", 12, .layers),
        ]
        func names(_ culprit: Int? = nil) -> [String] {
            lines(all, culprit: culprit).map { line in
                line.dropFirst("peer - ".count).prefix { $0 != "-" && $0 != "+" }.split(separator: " ")
                    .joined(separator: " ")
            }
        }
        #expect(
            names() == ["rpc 80 B in yamux_frame", "yamux_frame 12 B in noise_frame", "yamux_frame 12 B in layers"])
        #expect(names(1).prefix(2) == ["yamux_frame 92 B in noise_frame", "rpc 80 B in layers"])
        #expect(lines(all, culprit: 1)[0].hasSuffix("here") && lines(all, culprit: 1).last == "(2 later)")
    }
    /// If the culprit is in the middle of many entries, the ladder has the entries before it, one entry after it, and
    /// the numbers of omitted entries.
    @Test func culpritInTheMiddle() throws {
        let lines = lines(trace(100), culprit: 50)
        #expect(lines.first == "(44 earlier)" && lines.last == "(48 later)")
        try #require(lines.count == 10)
        #expect(lines[7] == "peer - 50 bytes -> node  +0.050 s  c  here")
        #expect(lines[8].contains("51 bytes"))
        #expect(lines.count { $0.hasSuffix("here") } == 1)
    }
    @Test func culpritAtEitherEnd() {
        let first = lines(trace(20), culprit: 0)
        #expect(first.count == 3 && first[0].hasSuffix("here") && first[2] == "(18 later)")
        let last = lines(trace(20), culprit: 19)
        #expect(last.count == 9 && last[0] == "(12 earlier)" && last[8].hasSuffix("here"))
        let none = lines(trace(20))
        #expect(none.count == 9 && none[0] == "(12 earlier)" && none[8].contains("19 bytes"))
    }
    /// Arrow heads are aligned, regardless of the names.
    @Test func alignment() {
        var entries = trace(6)
        entries[1].ours = "a-longer-name"
        entries[2].theirs = "x"
        entries[3].kind = .closed
        entries[3].name = String(repeating: "long ", count: 30)
        let lines = lines(entries, "")
        let columns = Set(lines.map { line in line.firstRange(of: "+0.").map { line[..<$0.lowerBound].count } })
        #expect(columns.count == 1 && !columns.contains(nil))
        #expect(lines.allSatisfy { $0.count < 106 })
    }
    @Test func hostileNames() {
        var entries = trace(1)
        entries[0].ours = "\u{1b}[2J"
        entries[0].theirs = "\u{202e}node"
        entries[0].link = "c\nd"
        entries[0].kind = .closed
        entries[0].name = "é\u{9b}"
        let line = lines(entries, "")[0]
        #expect(line == "\\u{1b}[2J - \\u{e9}\\u{9b} -> \\u{202e}node  +0.000 s  c\\u{a}d")
    }
    @Test(arguments: [(0, "0.000 s"), (999, "0.999 s"), (1000, "1.000 s"), (61_005, "61.005 s"), (-1500, "-1.500 s")])
    func seconds(_ ms: Int, _ wanted: String) { #expect(Ladder.seconds(.milliseconds(ms)) == wanted) }
}
