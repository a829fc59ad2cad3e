import Nano
@testable import Node
import Testing
import WebSocket
import Wire

@testable import Capture

/// Tests of filters over records, of errors for invalid filters, and of fields by name.
struct FilterTests {
    static let handshake: [UInt8] = {
        var m = NodeIDHandshake()
        m.query = Key32(repeating: 0xa5)
        var response = NodeIDHandshake.Response(version: 2)
        response.nodeID = Key32(repeating: 0x33)
        m.response = response
        return m.encoded()
    }()
    /// Returns a record with number 6, 60 ms after the first packet, 10.0.0.2:7075 to [2001:db8::1]:40000, frames 6 and
    /// 7.
    func record(_ bytes: [UInt8], _ type: (any Message.Type)? = NodeIDHandshake.self, _ notes: [Finding] = []) -> Record
    {
        Record(
            number: 6, time: Timestamp(nanoseconds: 1_767_323_045_060_123_000),
            start: Timestamp(nanoseconds: 1_767_323_045_000_000_000), source: Endpoint(v4: 0x0a00_0002, port: 7075),
            destination: Endpoint(high: 0x2001_0db8_0000_0000, low: 1, port: 40_000), transport: .tcp, flow: 3,
            protocolName: "nano", kind: type == nil ? .malformed : .message, message: type,
            offset: 40,
            length: bytes.count, frames: FrameNumbers([6, 7]) ?? FrameNumbers(1), isFromClient: true, notes: notes)
    }
    func passes(_ text: String, _ bytes: [UInt8] = handshake, _ record: Record? = nil) throws -> Bool {
        try Filter(text, [.nano]).matches(record ?? self.record(bytes), bytes.span.bytes)
    }

    @Test(arguments: [
        "nano", "nano.node_id_handshake", "message == nano.node_id_handshake", "message matches /nano\\..*handshake/",
        "message in {nano.keepalive, nano.node_id_handshake}", "message contains id_hand", "protocol == nano",
        "not nano.keepalive", "!nano.keepalive", "nano.keepalive or nano", "nano && !(nano.keepalive || n == 7)",
        "nano.keepalive and n == 7 or n == 6", "not n == 7 and n == 6",
        "response", "response.node_id", "nano.node_id_handshake.response", "fields.response.salt", "nano.query",
        "response.node_id == 0x3333333333333333333333333333333333333333333333333333333333333333",
        "response.node_id == 3333333333333333333333333333333333333333333333333333333333333333",
        "response.node_id contains 3333", "response.node_id contains \"33\"", "response.node_id matches /3+/",
        "response.node_id > 32", "response.node_id < 34", "query != 0x" + String(repeating: "00", count: 32),
        "type == node_id_handshake", "type == 10", "type == 0x0a", "type in {1..5, 10}", "type != keepalive",
        "extensions >= 7", "extensions <= 7", "extensions > 6", "extensions < 8", "network == dev",
        "src == 10.0.0.2", "src == 10.0.0.2:7075", "src == 10.0.0.0/8", "dst == 2001:db8::1",
        "dst == [2001:db8::1]:40000",
        "dst == 2001:db8::/32", "addr == 2001:db8::1", "src != 10.0.0.3", "src in {10.0.0.3, 10.0.0.2}",
        "port == 7075", "port == 40000", "src.port == 7075", "dst.port > 1024", "transport == tcp", "flow == 3",
        "length == 200", "length in {100..300}", "frame == 7", "frames == 6", "sender == client", "offset == 40",
        "time == 2026-01-02T03:04:05.060123Z", "time > 2026-01-02", "time < '2026-01-03 00:00'", "time > 60ms",
        "time < 0.0602", "time > 0.06", "time <= 60123us", "time in {50ms..70ms}",
    ])
    func holds(_ text: String) throws {
        #expect(try passes(text))
        #expect(try !passes("not (\(text))"))
    }
    @Test(arguments: [
        "nano.keepalive", "peers", "peers.port == 7075", "peers.port != 7075", "nano.malformed", "malformed",
        "violation",
        "requirement == NANO-18", "src == 10.0.0.2:7076", "src == 10.0.0.0/31", "dst == 2001:db8:1::/48", "port == 1",
        "response.node_id == 0x" + String(repeating: "00", count: 32), "response.node_id contains 34",
        "message matches /^handshake/", "port != 7075", "time > 61ms", "sender == server", "response.capabilities",
        "frame != 6", "flow in {1, 2, 4..9}", "type < 10",
    ])
    func fails(_ text: String) throws { #expect(try !passes(text)) }

    /// A comparison is true if any of several values satisfies it. `!=` requires that all values differ.
    @Test func severalValues() throws {
        var m = Keepalive()
        m.peers = [Keepalive.Peer](repeating: Keepalive.Peer(), count: 8)
        m.peers[2].port = 54_000
        let bytes = m.encoded()
        let record = record(bytes, Keepalive.self)
        for (text, wanted) in [
            ("peers.port == 54000", true), ("peers[2].port == 54000", true), ("peers[1].port == 54000", false),
            ("peers.port != 54000", false), ("peers.port != 54001", true), ("peers[1].port != 54000", true),
            ("peers[9].port", false), ("peers[7]", true), ("peers", true), ("peers.port > 53999", true),
            ("peers.address == ::", true), ("peers.address == 10.0.0.1", false), ("peers.address == ::/0", true),
        ] { #expect(try passes(text, bytes, record) == wanted, "\(text)") }
    }
    @Test func path() throws {
        var record = record(Self.handshake)
        let tests = [
            "path == tls/nano", "path contains nano", "path matches /tls.*/", "path != nano", "path in {a, tls/nano}",
            "path",
        ]
        for text in tests { #expect(try !passes(text, Self.handshake, record), "\(text)") }
        record.path = "tls/nano"
        for text in tests { #expect(try passes(text, Self.handshake, record), "\(text)") }
        #expect(try !passes("path == nano", Self.handshake, record))
    }
    /// Messages that belong to no protocol have names too.
    @Test func plainMessages() throws {
        let text = TextMessage.self
        var record = record(Array("hello".utf8), text)
        record.protocolName = "websocket"
        for (filter, wanted) in [
            ("websocket.text", true), ("message == websocket.text", true), ("websocket", true),
            ("text contains ell", true), ("websocket.text.text == hello", true), ("websocket.binary", false),
        ] {
            let found = try Filter(filter, [.nano, .webSocket]).matches(record, Array("hello".utf8).span.bytes)
            #expect(found == wanted, "\(filter)")
        }
    }
    @Test func notes() throws {
        let finding = Finding(.violation, "NANO-18", path: "response.signature", "does not verify")
        let record = record(Self.handshake, NodeIDHandshake.self, [finding])
        for text in [
            "violation", "requirement == NANO-18", "notes.severity == violation", "notes.path == response.signature",
            "notes.text contains verify", "not warning", "requirement matches /NANO-1[0-9]/", "not info",
            "notes.requirement in {NANO-1, NANO-18}",
        ] { #expect(try passes(text, Self.handshake, record), "\(text)") }
        let debris = self.record([1, 2], nil, [finding])
        for text in ["nano.malformed", "malformed", "message == nano.malformed", "not nano.keepalive", "nano"] {
            #expect(try passes(text, [1, 2], debris), "\(text)")
        }
        #expect(try !passes("response", [1, 2], debris))
    }
    /// A filter that the type alone decides does not dissect the message.
    @Test func dissectsOnlyWhatCanMatch() throws {
        for (text, wanted) in [
            ("peers.port == 7075", false), ("nano.keepalive and response", false), ("n == 7 and response", false),
            ("n == 6 or response", false), ("requirement", false), ("response", true), ("warning", true),
            ("violation", true),
            ("type == keepalive", true),
        ] {
            var opened: DissectedRecord?
            let bytes = Self.handshake
            _ = try Filter(text, [.nano]).matches(record(bytes), bytes.span.bytes, &opened)
            #expect((opened != nil) == wanted, "\(text)")
        }
    }
    /// A rejected message still has the fields before the error.
    @Test func halfAMessage() throws {
        let bytes = Array(Self.handshake.prefix(50))
        #expect(try passes("query and not response.signature", bytes, record(bytes)))
    }

    @Test(arguments: [
        ("", "a filter wants a test", 0..<0), ("nano.keepaliv", "did you mean `nano.keepalive`?", 0..<13),
        ("n == 1 and respons.node_id", "did you mean `response.node_id`?", 11..<26),
        ("node_id == 1", "did you mean `response.node_id`?", 0..<7),
        ("sourc == 1.1.1.1", "nothing is called `sourc`", 0..<5),
        ("tcp and nano", "did you mean `transport == tcp`?", 0..<3),
        ("eth.addr", "nothing is called `eth.addr`: a filter is about messages", 0..<8),
        ("frame contains 52", "not with a number: the bytes of a message are `bytes`", 6..<14),
        ("nano.keepalive.pers", "nano.keepalive has no field `pers`, did you mean `nano.keepalive.peers`?", 0..<19),
        ("n = 1", "did you mean `==`?", 2..<3), ("n | 1", "did you mean `||`?", 2..<3),
        ("n ==", "wants a number, not the end", 4..<4),
        ("n == x", "wants a number, not `x`", 5..<6), ("n == -", "wants a number", 5..<6),
        ("(n == 1", "this parenthesis is not closed", 0..<1), ("n == 1)", "this closes nothing", 6..<7),
        ("n == 1 n == 2", "wants `and`, `or` or the end before `n`", 7..<8), ("and", "wants a field", 0..<3),
        ("type == keepalve", "did you mean `keepalive`?", 8..<16),
        ("message == nano.keepaliv", "did you mean", 11..<24),
        ("response == 5", "has fields of its own", 0..<8),
        ("response.node_id == 33", "which is 1; `contains` finds a part", 20..<22),
        ("response.node_id == 3", "wants 32 bytes", 20..<21),
        ("nano.keepalive == 1", "is a message, not a field", 0..<14),
        ("violation == 1", "is there or not", 10..<12), ("src < 10.0.0.1", "does not go with an address", 4..<5),
        ("src == 10.0.0.0/33", "wants an address", 7..<18),
        ("n contains 1", "`contains` goes with text and bytes", 2..<10),
        ("n in 5", "`in` wants {", 5..<6), ("n in {5", "wants `,` or `}` before the end", 7..<7),
        ("n in {5..x}", "wants a number, not `x`", 9..<10), ("message matches /(/", "this is no expression", 16..<19),
        ("message matches x", "wants an expression", 16..<17), ("message matches /x", "no closing /", 16..<18),
        ("message == \"x", "no closing \"", 11..<13), ("notes.text == '\\q'", "none of", 15..<17),
        ("notes.text == '\\xg0'", "this is no character", 15..<19), ("time > yesterday", "wants a time", 7..<16),
        ("time > 2026-02-30", "wants a time", 7..<17), ("peers[x].port == 1", "nothing is called", 0..<13),
        ("é == 1", "nothing is called `é`", 0..<1),
    ])
    func errors(_ text: String, _ message: String, _ range: Range<Int>) throws {
        let error = try #require(throws: FilterError.self) { try Filter(text, [.nano]) }
        #expect(error.message.contains(message), "\(error.message)")
        #expect(error.range == range)
    }
    /// Deep nesting does not overflow the stack.
    @Test func depth() throws {
        for text in [
            String(repeating: "(", count: 10_000) + "n" + String(repeating: ")", count: 10_000),
            String(repeating: "!", count: 10_000) + "n", String(repeating: "not ", count: 10_000) + "n",
        ] {
            let error = try #require(throws: FilterError.self) { try Filter(text, [.nano]) }
            #expect(error.message == "more than 100 levels within each other")
        }
        let long = try #require(throws: FilterError.self) { try Filter(String(repeating: "n", count: 70_000), [.nano]) }
        #expect(long.message.contains("longer than"))
        #expect(try passes(String(repeating: "(", count: 100) + "n" + String(repeating: ")", count: 100)))
        // A wide expression is not a deep one.
        #expect(try passes(Array(repeating: "n == 6", count: 5000).joined(separator: " and ")))
    }
    /// Any text is a filter or an error.
    @Test func fuzz() {
        var random = SystemRandomNumberGenerator()
        let pieces = [
            "n", "==", "(", ")", "{", "}", "nano", "response", ".", "[0]", "in", "\"", "'", "/", "\\", "..", "5", "-",
            "0x", "and",
            "or", "not", "!", "&&", "time", "é", "\u{202e}", "contains", "matches", ",", " ", "peers.port", "10.0.0.1",
            "/8", "+", "-", "*", "/", "%", "&", "len(", "count(", "lower(", "[0:2]", "[-1]", "any", "all", "xor", "eq",
            "query",
            "extensions", "v2", "bytes", "state.balance", "1.5nano", "frame.time_delta",
        ]
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &random)] + (Bool.random(using: &random) ? " " : "")
            }.joined()
            do throws(FilterError) { _ = try Filter(text, [.nano]) } catch {
                #expect(error.range.upperBound <= text.unicodeScalars.count, "\(text)")
            }
        }
    }
    @Test func fieldsByName() throws {
        var m = Keepalive()
        m.peers = [Keepalive.Peer](repeating: Keepalive.Peer(), count: 8)
        m.peers[2].port = 54_000
        let bytes = m.encoded()
        let record = record(bytes, Keepalive.self, [Finding(.warning, path: "", "x")])
        let opened = DissectedRecord(record, bytes.span.bytes)
        func values(_ name: String) throws -> [Value] {
            try FieldReference(name, [.nano]).values(record, opened, bytes.span.bytes)
        }
        #expect(try values("peers.port") == [0, 0, 54_000, 0, 0, 0, 0, 0])
        #expect(try values("peers[2].port") == [54_000])
        #expect(try values("response.node_id").isEmpty)
        #expect(try values("src") == ["10.0.0.2:7075"])
        #expect(try values("port") == [7075, 40_000])
        #expect(try values("warning") == [true])
        #expect(try values("violation").isEmpty)
        #expect(try values("peers").count == 1)
        #expect(throws: FilterError.self) { try FieldReference("nano.keepalive", [.nano]) }
        #expect(throws: FilterError.self) { try FieldReference("peer", [.nano]) }
    }
    @Test(arguments: [
        ("2026-01-02T03:04:05.060123Z", "2026-01-02T03:04:05.060123Z"), ("2026-01-02", "2026-01-02T00:00:00.000000Z"),
        ("1969-12-31T23:59", "1969-12-31T23:59:00.000000Z"), ("2024-02-29 12:00:01", "2024-02-29T12:00:01.000000Z"),
        ("2026-02-29", nil), ("2026-13-01", nil), ("2026-01-02T24:00", nil), ("2026-1-2", nil), ("2026-01-02T", nil),
        ("", nil),
    ])
    func times(_ text: String, _ wanted: String?) { #expect(Timestamp(iso8601: text)?.description == wanted) }
}
