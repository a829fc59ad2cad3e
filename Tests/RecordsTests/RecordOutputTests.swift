import Glibc
import Nano
import TestReports
import Testing
import Wire

@testable import Capture
@testable import Node
@testable import Records
@testable import Text

/// Annotated bytes, columns, pcapng with comments, ladders, differences.
struct RecordOutputTests {
    let sample = RecordRenderingTests()
    let nasty = Finding(.violation, "NANO-18", path: "text", "says \"\u{1b}[0m\u{202e}\"")

    @Test func hex() {
        let bytes = Sample().encoded()
        let text = sample.render(HexRenderer(colour: false), bytes, sample.record(bytes, Sample.self, [nasty]))
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines[0] == "#6 +0.060123 127.0.0.1:7075 > [::1]:40000 sample.all \(bytes.count) B")
        #expect(
            lines[1] == "  0000  07" + String(repeating: " ", count: 47) + "." + String(repeating: " ", count: 17)
                + "small: 7")
        #expect(lines[2].hasPrefix("  0001  00 20 00 00 00 00 00 00 ") && lines[2].hasSuffix("big: 9007199254740992"))
        #expect(text.contains(#"text: "\x1b[31m\u{202e}"\\\n\u{9b}\x7fé""#))
        #expect(lines.last == #"  ! violation NANO-18 text: says "\x1b[0m\u{202e}""#)
        #expect(sample.dangerous(text).isEmpty)
        // Each byte appears once.
        let shown = lines.filter { $0.hasPrefix("  00") }.flatMap { $0.dropFirst(8).prefix(47).split(separator: " ") }
        #expect(shown.map(String.init) == bytes.map { [$0].hex })
    }
    /// A field without bytes shows none. The rest after the fault is marked.
    @Test func hexOfHalves() {
        let handshake = NodeIDHandshake().encoded()
        let text = sample.render(HexRenderer(colour: false), handshake, sample.record(handshake, NodeIDHandshake.self))
        #expect(text.contains("\n     -  ") && text.contains(" version: 2\n"))
        let cut = Array(Sample().encoded().prefix(20))
        #expect(sample.render(HexRenderer(colour: false), cut, sample.record(cut)).contains("stopped: "))
        #expect(
            sample.render(HexRenderer(colour: false), [1, 2], sample.record([1, 2], nil)).contains("  0000  01 02 "))
        #expect(sample.render(HexRenderer(colour: true), cut, sample.record(cut)).contains("\u{1b}[1msmall\u{1b}[0m"))
    }
    func rows(_ names: [String], isCSV: Bool, _ bytes: [UInt8], _ record: Record) throws -> String {
        var definition = Definition.nano
        definition.messages = [Sample.self]
        let fields = try names.map { try FieldReference($0, [definition]) }
        var renderer = FieldsRenderer(fields, isCSV: isCSV)
        var out: [UInt8] = []
        renderer.begin(to: &out)
        renderer.render(record, bytes.span.bytes, to: &out)
        return String(decoding: out, as: UTF8.self)
    }
    @Test func columns() throws {
        let bytes = Sample().encoded()
        let record = sample.record(bytes, Sample.self, [nasty])
        let names = ["n", "time", "dst", "text", "numbers", "frames", "notes.text", "violation", "warning"]
        let tabs = try rows(names, isCSV: false, bytes, record)
        #expect(
            tabs == names.joined(separator: "\t") + "\n"
                + "6\t2026-01-02T03:04:05.060123Z\t[::1]:40000\t" + #"\x1b[31m\u{202e}"\\\n\u{9b}\x7fé"#
                + "\t[1,2]\t6,7\t" + #"says "\x1b[0m\u{202e}""# + "\ttrue\t\n")
        let csv = try rows(["text", "frames", "n"], isCSV: true, bytes, record)
        #expect(csv == "text,frames,n\r\n" + #""\x1b[31m\u{202e}""\\\n\u{9b}\x7fé","6,7",6"# + "\r\n")
        #expect(sample.dangerous(tabs + csv).filter { $0 != "\t" && $0 != "\r" }.isEmpty)
    }
    func read(_ name: String, into sink: inout some RecordSink) throws {
        var file = try CaptureFile(RecordRenderingTests.folder + name + ".pcap")
        var table = FlowTable([.nano])
        #expect(table.read(&file, &sink) == nil)
    }
    /// A sink that passes records to a renderer, like the command.
    struct Pipe: RecordSink {
        var renderer: PcapngRenderer
        var out: [UInt8] = []
        var kept: String?
        var wantsPackets: Bool { renderer.wantsPackets }
        mutating func packet(_ packet: borrowing Packet) { renderer.packet(packet) }
        mutating func settled(flow: Int, waits: Bool) { renderer.settled(flow: flow, waits: waits, to: &out) }
        mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
            if let kept, record.name != kept { return }
            renderer.render(record, bytes, to: &out)
        }
    }
    /// The written file decodes to the same messages, and its comments name them.
    @Test func pcapng() throws {
        var pipe = Pipe(renderer: PcapngRenderer(application: "test"))
        pipe.renderer.begin(to: &pipe.out)
        try read("nano-node-light-v2", into: &pipe)
        // The renderer wrote everything while it read, except for incomplete messages.
        let before = pipe.out.count
        pipe.renderer.end(to: &pipe.out)
        #expect(pipe.out.count == before)
        #expect(pipe.renderer.missed == 0)
        let file = try #require(tmpfile())
        defer { fclose(file) }
        fwrite(pipe.out, 1, pipe.out.count, file)
        fflush(file)
        let path = "/proc/self/fd/\(fileno(file))"
        var copy = try CaptureFile(path)
        var (comments, names) = ([] as [String], [] as [String])
        while try copy.advance() {
            let packet = copy.current()
            #expect(!packet.comments.isEmpty)
            comments += packet.comments
        }
        var again = RecordStatistics()
        var table = FlowTable([.nano])
        var second = try CaptureFile(path)
        #expect(table.read(&second, &again) == nil)
        var first = RecordStatistics()
        try read("nano-node-light-v2", into: &first)
        #expect(again.messages.mapValues(\.records) == first.messages.mapValues(\.records))
        names = comments.map { String($0.prefix { $0 != " " }) }
        #expect(Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +) == first.messages.mapValues(\.records))
        #expect(comments[1].contains(": handshake V2: query 1004d235.. and response by node_3dow3key..\n"))
        #expect(comments[1].contains("\nresponse.node_id: node_3dow3keynk6o9baq"))
        #expect(comments[1].contains(" (aebc0c99ea48953a"))
    }
    @Test func ladder() throws {
        var ladder = RecordLadder(try Filter("flow == 3", [.nano]), limit: 4)
        try read("nano-node-light-responder-bug", into: &ladder)
        #expect(ladder.count == 4 && ladder.omitted == 2)
        var out: [UInt8] = []
        ladder.write(.text, Style(hasColour: false), to: &out)
        let lines = String(decoding: out, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 5)
        #expect(lines[0] == "127.0.0.1:39192 ─ handshake V2: query 716124bc.. ─▶ 127.0.0.1:7076  +0.232556 s  #9")
        #expect(
            lines[1]
                == "127.0.0.1:39192 ◀─ handshake V2: query 93d8b9fa.. ─ 127.0.0.1:7076  +0.238373 s  #10  "
                + "violation NANO-16 response: a query without an answer in the same message")
        #expect(lines[2].hasSuffix("#11  violation NANO-25 query: a second query of the same side"))
        out = []
        ladder.write(.mermaid, Style(hasColour: false), to: &out)
        let mermaid = String(decoding: out, as: UTF8.self)
        #expect(
            mermaid.hasPrefix(
                "sequenceDiagram\n    participant e1 as 127.0.0.1:39192\n    participant e2 as 127.0.0.1:7076\n"))
        #expect(
            mermaid.contains(
                "    e1-xe2: #35;11 +0.241228 s handshake V2: query 716124bc..\n    Note over e1,e2: violation NANO-25")
        )
        out = []
        ladder.write(.svg, Style(hasColour: false), to: &out)
        let svg = String(decoding: out, as: UTF8.self)
        #expect(
            svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n") && svg.contains("#9 handshake V2: query 716124bc.."))
    }
    @Test func hostileLadder() {
        let bytes = Sample().encoded()
        var ladder = RecordLadder(nil, limit: 4)
        let hostile = Finding(.violation, path: "a", "\u{1b}[31m\u{202e}</svg><script>;#%%{")
        ladder.record(sample.record(bytes, Sample.self, [hostile]), bytes.span.bytes)
        for form in RecordLadder.Form.allCases {
            var out: [UInt8] = []
            ladder.write(form, Style(hasColour: false), to: &out)
            let text = String(decoding: out, as: UTF8.self)
            #expect(sample.dangerous(text).isEmpty, "\(form)")
            if form != .text { #expect(!text.contains("<script")) }
            if form == .mermaid { #expect(text.contains("#60;script#62;#59;#35;#37;#37;#123;")) }
        }
    }
    @Test func differences() throws {
        func outline(_ name: String, only: Int? = nil, ignoring: [String] = []) throws -> CaptureOutline {
            var out = CaptureOutline(nil, only: only, ignoring: ignoring)
            try read(name, into: &out)
            return out
        }
        func text(_ d: CaptureDifference) -> String {
            var out: [UInt8] = []
            d.text(Style(hasColour: false), to: &out)
            return String(decoding: out, as: UTF8.self)
        }
        let v2 = try outline("nano-node-light-v2")
        #expect(CaptureDifference(v2, v2).isEmpty && CaptureDifference(v2, v2).equal == 46)
        let pair = CaptureDifference(
            try outline("nano-node-light-v2", only: 4), try outline("nano-node-light-v2", only: 11))
        #expect(
            text(pair) == """
                nano.keepalive A #4, B #11
                  peers[0].port: 7075 -> 7076
                  peers[1].address: 00000000000000000000ffff7f000001 -> 00000000000000000000000000000000
                  peers[1].port: 7076 -> 0
                1 message differs, 0 only in A, 0 only in B, 0 equal

                """)
        let same = CaptureDifference(
            try outline("nano-node-light-v2", only: 4, ignoring: ["peers[0]", "peers.address", "peers[1].port"]),
            try outline("nano-node-light-v2", only: 11, ignoring: ["peers[0]", "peers.address", "peers[1].port"]))
        #expect(same.isEmpty)
        let bug = try outline("nano-node-light-responder-bug")
        let (ab, ba) = (CaptureDifference(v2, bug), CaptureDifference(bug, v2))
        #expect(ab.items.count == ba.items.count && !ab.isEmpty)
        var json: [UInt8] = []
        ab.json(to: &json)
        for line in json.split(separator: 0x0a) { #expect(JSON.parse(Array(line)) != nil) }
    }
    /// A message that one capture lacks does not shift the messages after it, although all have one name.
    @Test(arguments: [0, 7, 19]) func alignsByContent(_ lost: Int) {
        func entry(_ number: Int, _ value: Int) -> CaptureOutline.Entry {
            CaptureOutline.Entry(
                number: number, name: "nano.keepalive", length: 8, fields: [("a", "1"), ("b", "\(value)")],
                digest: value)
        }
        let a = (0..<20).map { entry($0, $0) }
        var b = a.filter { $0.number != lost }
        b[11] = entry(b[11].number, 99)
        let pairs = MessageAlignment.pairs(a, b)
        #expect(pairs.count { $0.0?.digest == $0.1?.digest } == 18)
        #expect(pairs.compactMap { $0.1 == nil ? $0.0?.number : nil } == [lost])
        #expect(pairs.compactMap { $0.1?.digest == 99 ? $0.0?.number : nil } == [b[11].number])
        // Where there are too many for a comparison of all, the names are aligned.
        let many = (0..<300).map { entry($0, 1000 + $0) }
        #expect(MessageAlignment.pairs(many, many.map { entry($0.number, 5000 + $0.number) }).count == 300)
    }
    /// Connections are paired by what they say, not by their order.
    @Test func pairsConnectionsByContent() {
        func outline(_ flows: [Int]) -> CaptureOutline {
            var out = CaptureOutline(nil, only: nil, ignoring: [])
            for (place, flow) in flows.enumerated() {
                var text = Sample()
                text.text = Text("flow \(flow)")
                let bytes = text.encoded()
                var record = sample.record(bytes, Sample.self)
                record.flow = 100 + place
                out.record(record, bytes.span.bytes)
            }
            return out
        }
        let d = CaptureDifference(outline([1, 2, 3, 4]), outline([4, 2, 3]))
        #expect(d.equal == 3 && d.items.count == 1)
    }
    /// If names differ, the comparison continues at the next matching names.
    @Test func resynchronises() {
        func outline(_ names: String) -> CaptureOutline {
            var out = CaptureOutline(nil, only: nil, ignoring: [])
            let bytes = Sample().encoded()
            for c in names {
                var r = sample.record(bytes, c == "s" ? Sample.self : Keepalive.self)
                r.message = c == "s" ? Sample.self : c == "k" ? Keepalive.self : nil
                out.record(r, bytes.span.bytes)
            }
            return out
        }
        for (a, b, only) in [("sks", "ss", 1), ("s", "k", 2), ("", "sk", 2), ("kkks", "s", 3), ("sxk", "skk", 2)] {
            let d = CaptureDifference(outline(a), outline(b))
            #expect(d.items.count == only, "\(a) \(b)")
        }
    }
    @Test func percentiles() {
        var h = Histogram()
        #expect(h.percentile(50) == nil)
        for n in 1...1000 { h.add(n) }
        #expect(h.percentile(50).map { abs($0 - 500) <= 5 } == true)
        #expect(h.percentile(99).map { abs($0 - 990) <= 10 } == true)
        #expect(h.percentile(100) == 1000 && h.least == 1 && h.most == 1000)
        for n in [0, 255, 256, 257, 1 << 40, Int.max, -5] {
            var one = Histogram()
            one.add(n)
            #expect(one.percentile(50) == max(0, n))
        }
        var exact = Histogram()
        exact.add(40)
        exact.add(168)
        #expect(exact.percentile(50) == 40)
    }
    /// Messages that are counted without records give the same counts as records.
    @Test(arguments: ["nano-node-light-v2", "nano-node-light-responder-bug"])
    func plainMessagesCountAsRecords(_ capture: String) throws {
        struct Told: RecordSink {
            var plain = 0
            var records = 0
            let takesPlain = true
            mutating func plain(_ message: borrowing PlainMessage, of protocolName: String) { plain += 1 }
            mutating func record(_ record: borrowing Record, _ bytes: RawSpan) { records += 1 }
        }
        var told = Told()
        try read(capture, into: &told)
        var without = RecordStatistics()
        try read(capture, into: &without)
        // A filter needs the whole message, and this filter accepts all messages.
        var with = RecordStatistics(try Filter("flow > 0", [.nano]))
        try read(capture, into: &with)
        var texts: [String] = []
        for statistics in [without, with] {
            var out: [UInt8] = []
            StatsRenderer.json(Tally(), statistics, to: &out)
            texts.append(String(decoding: out, as: UTF8.self))
        }
        #expect(texts[0] == texts[1])
        #expect(
            told.plain > 0
                && told.plain + told.records == with.messages.values.reduce(with.malformed.records) { $0 + $1.records })
    }
    @Test func series() {
        var s = TimeSeries()
        for i in 0..<1000 { s.add(Timestamp(nanoseconds: Int64(i) * 10_000_000), 3) }
        s.add(Timestamp(nanoseconds: -5), 3)
        #expect(s.spans.reduce(0) { $0 + $1.messages } == 1001 && s.spans.reduce(0) { $0 + $1.bytes } == 3003)
        #expect(s.spans.count <= TimeSeries.limit && s.width == 128_000_000)
        #expect(s.start == Timestamp(nanoseconds: -128_000_000))
        s.add(Timestamp(nanoseconds: .max), 1)
        #expect(s.spans.count <= TimeSeries.limit)
        #expect(s.sparkline(Style(hasColour: false)).count == s.spans.count)
    }
    @Test func peopleBehindAddresses() throws {
        var talks = Conversations([.nano])
        try read("nano-node-light-v2", into: &talks)
        #expect(talks.talks.map(\.messages) == [25, 21])
        #expect(talks.flows(of: "aebc0c99") == [1])
        #expect(talks.flows(of: "0x03CC0A99b56e04cc") == [1, 2])
        #expect(talks.flows(of: "127.0.0.1") == [1, 2])
        #expect(talks.flows(of: "127.0.0.1:7076") == [2])
        #expect(talks.flows(of: "00000000") == [])
        #expect(talks.flows(of: "aebc0c9") == nil)
        #expect(talks.flows(of: "someone") == nil)
        // The text form that `decode` prints, and a text whose checksum is wrong.
        let text = "node_3dow3keynk6o9baqyrwnkgw8ttsatyy3tha4bcogwya5drrkbzd41w7zkicb"
        #expect(talks.flows(of: text) == [1])
        #expect(talks.flows(of: String(text.dropLast()) + "1") == nil)
    }
}
