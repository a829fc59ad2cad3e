import Nano
import TestReports
import Testing
import Wire

@testable import Capture
@testable import Node
@testable import Records
@testable import Text

struct RecordRenderingTests {
    /// Returns a record as reassembly makes it.
    func record(_ bytes: [UInt8], _ type: (any Message.Type)? = Sample.self, _ notes: [Finding] = []) -> Record {
        Record(
            number: 6, time: Timestamp(nanoseconds: 1_767_323_045_060_123_000),
            start: Timestamp(nanoseconds: 1_767_323_045_000_000_000), source: .loopback(7075),
            destination: Endpoint(high: 0, low: 1, port: 40_000), transport: .tcp, flow: 1, protocolName: "sample",
            kind: type == nil ? .malformed : .message, message: type, offset: 40, length: bytes.count,
            frames: FrameNumbers([7, 6, 7]) ?? FrameNumbers(1), isFromClient: true, notes: notes)
    }
    func render(_ renderer: some RecordRenderer, _ bytes: [UInt8], _ record: Record) -> String {
        var renderer = renderer
        var out: [UInt8] = []
        renderer.render(record, bytes.span.bytes, to: &out)
        return String(decoding: out, as: UTF8.self)
    }
    let nasty = Finding(.violation, "NANO-18", path: "text", "says \"\u{1b}[0m\u{202e}\"")
    /// Returns the characters that would affect a terminal.
    func dangerous(_ s: String) -> [Unicode.Scalar] { s.unicodeScalars.filter { $0 != "\n" && Escape.isDangerous($0) } }

    @Test func json() {
        let bytes = Sample().encoded()
        #expect(
            render(JSONRenderer(), bytes, record(bytes, Sample.self, [nasty]))
                == #"{"n":6,"time":"2026-01-02T03:04:05.060123Z","src":"127.0.0.1:7075","dst":"[::1]:40000","#
                + #""transport":"tcp","flow":1,"message":"sample.all","length":\#(bytes.count),"frames":[6,7],"#
                + #""fields":{"small":7,"big":9007199254740992,"bigger":"9007199254740993","#
                + #""key":"abababababababababababab","count":16,"#
                + #""text":"\u001b[31m\u202e\"\\\n\u009b\u007fé","numbers":[1,2]},"#
                + #""notes":[{"severity":"violation","requirement":"NANO-18","path":"text","#
                + #""text":"says \"\u001b[0m\u202e\""}]}"# + "\n")
    }
    @Test func jsonOfWhatIsNoMessage() {
        let text = render(JSONRenderer(), [1, 0xff], record([1, 0xff], nil))
        #expect(
            text.hasSuffix(
                #""message":"sample.malformed","length":2,"frames":[6,7],"fields":{"bytes":"01ff"},"notes":[]}"# + "\n")
        )
        #expect(render(JSONRenderer(), [], record([], nil)).contains(#""fields":{},"#))
    }
    /// The output has the fields before the fault and no field after it.
    @Test func jsonOfHalfAMessage() {
        let bytes = Array(Sample().encoded().prefix(20))
        let text = render(JSONRenderer(), bytes, record(bytes))
        #expect(text.contains(#""fields":{"small":7,"big":9007199254740992,"bigger":"9007199254740993"}"#))
    }
    @Test func line() {
        let bytes = Sample().encoded()
        let text = render(LineRenderer([], colour: false), bytes, record(bytes, Sample.self, [nasty]))
        #expect(
            text
                == "#6 +0.060123 127.0.0.1:7075 > [::1]:40000 sample.all small=7 big=9007199254740992 "
                + "bigger=9007199254740993 key=abababab.. count=16 "
                + #"text=\x1b[31m\u{202e}"\\\n\u{9b}\x7fé .."# + " \(bytes.count) B (2 segments) "
                + #"[violation NANO-18 text: says "\x1b[0m\u{202e}"]"# + "\n")
        #expect(dangerous(text).isEmpty)
        #expect(text.filter { $0 == "\n" }.count == 1)
    }
    /// The sender of JSON also chooses its names: the renderers escape them.
    @Test func escapesHostileNamesInJSON() {
        struct Names: Message {
            static var name: StaticString { "sample.names" }
            static var form: Form { .json }
            var data: JSONValue?
            var unknown = Unknown()
            init() {}
            mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
                c.member("data", &data)
                c.unknown(&unknown)
            }
        }
        let name = "\u{1b}]0;pwn\u{7}\u{1b}[31m\n::error::pwn\u{202e}\u{9b}\u{2028}"
        let object = Value.map([.init(name, .uint(1))])
        var message = Names()
        message.data = JSONValue(.map([.init("b", object), .init(name, object), .init("list", [object])]))
        let bytes = message.encoded()
        let record = record(bytes, Names.self)
        let line = render(LineRenderer([], colour: false), bytes, record)
        #expect(line.contains(#" data{b{\x1b]0;pwn\x07\x1b[31m\n::error::pwn\u{202e}\u{9b}\u{2028}=1}"#), "\(line)")
        #expect(line.filter { $0 == "\n" }.count == 1)
        let shown =
            line + render(TreeRenderer(colour: false), bytes, record)
            + render(HexRenderer(colour: false), bytes, record) + render(JSONRenderer(), bytes, record)
        #expect(dangerous(shown).isEmpty)
        #expect(!shown.split(separator: "\n").contains { $0.hasPrefix("::error") })
    }
    @Test func lineInColour() {
        let bytes = Sample().encoded()
        let text = render(LineRenderer([], colour: true), bytes, record(bytes, Sample.self, [nasty]))
        #expect(text.contains("\u{1b}[31m[violation NANO-18"))
        #expect(text.contains("\u{1b}[1msample.all\u{1b}[0m"))
        #expect(!text.contains("\u{202e}"))
    }
    @Test func lineLeavesOutWhatAllMessagesShare() throws {
        let bytes = Keepalive().encoded()
        var record = record(bytes, Keepalive.self)
        record.protocolName = "nano"
        let summary = " nano.keepalive keepalive, 0 peers 152 B"
        #expect(render(LineRenderer([.nano], colour: false), bytes, record).contains(summary))
        // A message that is not valid is shown with its fields.
        record.kind = .malformed
        #expect(render(LineRenderer([.nano], colour: false), bytes, record).contains(" nano.keepalive peers[8] 152 B"))
        #expect(render(LineRenderer([], colour: false), bytes, record).contains("network=dev"))
    }
    @Test func tree() {
        let bytes = Sample().encoded()
        let text = render(TreeRenderer(colour: false), bytes, record(bytes, Sample.self, [nasty]))
        #expect(
            text.hasPrefix(
                """
                #6 sample.all \(bytes.count) bytes
                  2026-01-02T03:04:05.060123Z (+0.060123 s)
                  127.0.0.1:7075 > [::1]:40000 tcp flow 1, stream offset 40, frames 6, 7
                  0           small: 7
                  1..8        big: 9007199254740992
                  9..16       bigger: 9007199254740993
                  17..28      key: abababababababababababab
                  29          count: 16
                  30..45      text: "\\x1b[31m\\u{202e}"\\\\\\n\\u{9b}\\x7fé"
                  46..49      numbers

                """))
        #expect(text.contains("\n  ! violation NANO-18 text: says"))
        #expect(dangerous(text).isEmpty)
    }
    @Test func treeShowsWhereReadingStopped() {
        let bytes = Array(Sample().encoded().prefix(35))
        let text = render(TreeRenderer(colour: false), bytes, record(bytes))
        #expect(text.contains("\n  29          count: 16\n"))
        #expect(text.contains("\n  stopped: text at 30: "))
        #expect(text.contains("\n  001e  1b 5b 33 31 6d  "))
    }
    @Test func treeOfWhatIsNoMessage() {
        let bytes = [UInt8](repeating: 0x1b, count: 300)
        let text = render(TreeRenderer(colour: false), bytes, record(bytes, nil))
        #expect(text.contains("\n  0000  1b 1b"))
        #expect(text.contains("\n  ... 44 more bytes\n"))
        #expect(dangerous(text).isEmpty)
    }
    /// A wrong derived field is reported although the message can be decoded.
    @Test func fieldsThatLieAreTold() {
        var sample = Sample()
        sample.text = Text("abc")
        var bytes = sample.encoded()
        let whole = bytes.count
        bytes.insert(0x61, at: 33)
        bytes[29] = 4
        #expect(bytes.count == whole + 1)
        #expect(DissectedRecord(record(bytes), bytes.span.bytes).notes.isEmpty, "this one says the truth")
        // A handshake that names V2 and V3 at once. The bits follow from the other fields, which indicate V3.
        var handshake = NodeIDHandshake().encoded()
        handshake[6] = 0x08
        let notes = DissectedRecord(record(handshake, NodeIDHandshake.self), handshake.span.bytes).notes
        #expect(notes.map(\.severity) == [.warning])
        #expect(notes.first?.path == "extensions")
    }

    static let folder =
        String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }) + "/Captures/nano/"

    /// Keeps the JSON of all records, and counts them.
    struct Lines: RecordSink {
        var renderer = JSONRenderer()
        var out: [UInt8] = []
        var statistics = RecordStatistics()
        var wantsAnswers: Bool { true }
        mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
            renderer.render(record, bytes, to: &out)
            statistics.record(record, bytes)
        }
    }
    @Test(arguments: ["nano-node-light-v2", "nano-node-light-responder-bug"])
    func goldenDecode(_ name: String) throws {
        var file = try CaptureFile(Self.folder + name + ".pcap")
        var table = FlowTable([.nano])
        var lines = Lines()
        #expect(table.read(&file, &lines) == nil)
        let golden = try readFile(Self.folder + name + ".jsonl")
        let (ours, theirs) = (lines.out.split(separator: 0x0a), golden.split(separator: 0x0a))
        #expect(ours.count == theirs.count)
        for (line, wanted) in zip(ours, theirs) {
            #expect(String(decoding: line, as: UTF8.self) == String(decoding: wanted, as: UTF8.self))
            #expect(JSON.parse(Array(line)) != nil)
        }
    }
    @Test func totals() throws {
        var file = try CaptureFile(Self.folder + "nano-node-light-responder-bug.pcap")
        var table = FlowTable([.nano])
        var lines = Lines()
        _ = table.read(&file, &lines)
        var out: [UInt8] = []
        StatsRenderer.json(table.tally, lines.statistics, to: &out)
        #expect(
            String(decoding: out, as: UTF8.self).hasPrefix(
                #"{"packets":31,"bytes":3326,"flows":3,"messages":{"nano.node_id_handshake":10},"malformed":4,"#
                    + #""unknown":0,"payload":{"total":1232,"explained":656},"#
                    + #""notes":{"violation":9,"warning":0,"info":0},"types":{"nano.node_id_handshake":{"bytes":656,"#
                    + #""from_client":6,"from_server":4,"size":{"min":40,"p50":40,"p90":168,"p99":168,"max":168},"#))
        #expect(JSON.parse(out) != nil)
        out = []
        StatsRenderer.table(table.tally, lines.statistics, colour: false, to: &out)
        #expect(
            String(decoding: out, as: UTF8.self) == """
                packets    31, 3326 bytes in 2.153295 s
                flows      3
                payload    1232 bytes, 53.2 % explained
                records    10 messages, 4 malformed

                message                    count        bytes   opener   other   size p50/p90/max   interval p50/p90/max
                nano.node_id_handshake        10          656        6       4         40/168/168 0.005695/0.008672/0.008672 s

                peer                 sent        bytes   received        bytes
                127.0.0.1:7076          7          576          7          656
                127.0.0.1:39192         3          240          3          240
                127.0.0.1:39168         2          208          2          200
                127.0.0.1:39176         2          208          2          136

                malformed  4, 576 bytes: 4 nano.malformed
                notes      9 violation, 0 warning, 0 info

                """)
    }
    @Test func totalsOfNothing() {
        var out: [UInt8] = []
        StatsRenderer.json(Tally(), RecordStatistics(), to: &out)
        #expect(String(decoding: out, as: UTF8.self).contains(#""messages":{},"malformed":0"#))
        StatsRenderer.table(Tally(), RecordStatistics(), colour: true, to: &out)
    }
}
