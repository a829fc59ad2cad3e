import Nano
import Node
import Testing
import WebSocket
import Wire

@testable import Capture

/// Tests of filters with values: slices, numbers, texts, and comparisons of two fields.
struct FilterExpressionTests {
    /// The records of `FilterTests`: extensions 0x0007, node id 33.., query a5.., 10.0.0.2:7075 to [2001:db8::1]:40000.
    let records = FilterTests()
    let handshake = FilterTests.handshake

    @Test(arguments: [
        "query[0:4] == a5:a5:a5:a5", "query[0:4] == a5a5a5a5", "query[0] == 0xa5", "query[-2:] == a5-a5",
        "query[2-5] == a5.a5.a5.a5", "query[0,2:2] == a5a5a5", "query[:31] != response.node_id[:31]",
        "query[30:] == query[:2]", "message[0:4] == 'nano'", "lower(message)[0:4] == nano",
        "type[-9:] == handshake", "bytes[0:2] == 52:41", "bytes[5] == 0a", "bytes contains a5a5a533", "bytes",
        "query[4:2]", "(query)[0:2] == a5a5",
        "extensions & 1", "extensions & 0x07 == 7", "extensions & v2", "extensions & v2 == 4",
        "not extensions & 8", "extensions & 5 == v2 + 1", "type & 0x0f == 10", "port & 0xff00 == 0x9c00",
        "len(query) == 32", "len(bytes) == length", "len(message) == 22", "len(message) eq len('nano') + 18",
        "count(port) == 2", "count(query) == 1", "count(response.capabilities) == 0", "count(response) == 1",
        "count(notes.text) == 0", "upper(message) contains HANDSHAKE", "lower('NANO.NODE_ID_HANDSHAKE') == message",
        "upper(type) == NODE_ID_HANDSHAKE",
        "any port == 7075", "any port != 7075", "all port > 7000", "all port in {7075, 40000}",
        "any port not in {7075}", "port not in {1, 2..7}", "port all_ne 3",
        "port any_ne 7075", "port !== 7075", "flow === 3", "n not in {7}",
        "message not contains keepalive", "message not matches /^node/", "all port != 1",
        "src.port < dst.port", "port == dst.port", "src != dst", "query != response.node_id", "length > len(query)",
        "response.node_id < query", "6 == n", "7 > n", "7075 == port", "10.0.0.2 == src", "query == query",
        "n + 1 == 7", "n - 1 == 5", "n * 2 == 12", "n / 4 == 1", "n % 4 == 2", "-n == -6", "2 + 2 * n == 14",
        "(2 + 2) * n == 24", "n == 2 * 3", "dst.port - src.port == 32925", "n * -1 < 0", "(n)*2 == 12", "n - 7",
        "n + flow == 9", "10 - n > flow", "length - 8 == len(query) + 160", "(n + 1) * (flow + 1) == 28",
        "n eq 6", "n ne 7", "n gt 5", "n lt 7", "n ge 6", "n le 6", "n == 6 xor n == 7", "n == 6 xor n == 7 xor n == 8",
        "n == 6 ^^ flow == 4", "n eq 6 and not flow eq 4 or n eq 9",
        "message matches /HAND/", "message matches /^nano\\.node_id_handshake$/", "message not matches /^node/",
        "message matches '(?i)NODE'", "message not matches '(?-i)NODE'", "message matches '(?-i)node'",
        "message not matches /\\d/", "query matches /\\d/", "message matches //",
        "message matches /NANO\\.Node_id.*/", "response.node_id matches /3+/", "query matches /A5.*/",
        "ip.addr == 10.0.0.0/8", "ip.src == 10.0.0.2", "not ip.dst", "ipv6.dst == 2001:db8::1", "ipv6.addr",
        "tcp.port == 7075", "tcp.srcport eq 7075", "tcp.dstport == 40000", "not udp.port", "tcp.stream == 2",
        "frame.number == 7",
        "frame.time == 2026-01-02T03:04:05.060123Z", "frame.time_relative > 60ms", "frame.len == 1514",
        "frame.time_delta > 0.0001", "frame.time_delta < 1ms", "frame.time_delta * 2 >= 400us",
        "frame.time_delta + 1s > 1000ms", "frame.time_delta / 100us == 2",
    ])
    func holds(_ text: String) throws {
        #expect(try passes(text))
        #expect(try !passes("not (\(text))"))
    }
    @Test(arguments: [
        "query[0:4] == a5:a5:a5:a6", "query[31] == 33", "peers.port + 1 > 0", "n / 0 == 0", "n % 0 == 0",
        "extensions & 8", "n xor n", "all port == 7075", "all port != 7075", "port not in {7075}", "all peers.port > 0",
        "n == 6 xor n == 6", "src.port > dst.port", "udp.port", "count(peers) == 0", "count(peers) < 8",
        "response.capabilities & 1", "n - 6", "message not contains node", "path[0]", "not frame.len",
        "n * 340282366920938463463374607431768211455 > 0", "bytes[1000]", "bytes[0:1000]",
    ])
    func fails(_ text: String) throws { #expect(try !passes(text)) }
    private func passes(_ text: String) throws -> Bool {
        var record = records.record(handshake)
        record.packetLength = 1514
        record.tcpStream = 2
        record.sincePrevious = 200_000
        return try records.passes(text, handshake, record)
    }

    @Test func elements() throws {
        var m = Keepalive()
        m.peers = [Keepalive.Peer](repeating: Keepalive.Peer(), count: 8)
        m.peers[2].port = 54_000
        m.peers[2].address = Fixed(Endpoint(v4: 0x0a00_0002, port: 0).address) ?? Fixed()
        let bytes = m.encoded()
        var record = records.record(bytes, Keepalive.self)
        for (text, wanted) in [
            ("count(peers) == 8", true), ("count(peers.port) == 8", true), ("count(peers[3]) == 1", true),
            ("all peers.port < 54001", true), ("all peers.port < 54000", false), ("any peers.port > 53999", true),
            ("peers.port / 1000 == 54", true), ("all peers.port == 0", false), ("any peers.port != 0", true),
            ("peers.address == src", true), ("peers.address == dst", false), ("peers.address == 10.0.0.2", true),
            ("peers.address[-4:] == 0a:00:00:02", true), ("peers[2].address[12] == 0a", true),
            ("peers.address == 10.0.0.0/8", true), ("peers.address matches /10\\.0\\..*/", true),
            ("peers.address contains 10.0", true), ("peers.port == src.port", false),
        ] { #expect(try records.passes(text, bytes, record) == wanted, "\(text)") }
        record.transport = .udp
        for text in ["udp.port == 7075", "udp.dstport == 40000", "not tcp.port", "not tcp.stream"] {
            #expect(try records.passes(text, bytes, record), "\(text)")
        }
    }

    @Test(arguments: [
        ("query[0:4] == 01:02", "wants 4 bytes", 14..<19), ("n[0] == 1", "a slice is of bytes or text", 0..<4),
        ("query[40] == 1", "is not within the 32 bytes", 0..<9),
        ("len(n) == 1", "`len` goes with text and bytes", 0..<3),
        ("lower(query) == a", "`lower` goes with text, not with 32 bytes", 0..<5),
        ("lenn(query) == 1", "did you mean `len`?", 0..<4), ("query + 1 == 2", "`+` goes with numbers", 6..<7),
        ("n + query == 2", "which is not held against a number", 4..<9),
        ("n == query", "which is not held against a number", 5..<10),
        ("src == n", "which is not held against an address", 7..<8), ("n + == 2", "wants a number", 4..<6),
        ("n == -", "`-` wants a number", 5..<6), ("n -", "wants a number", 3..<3), ("len(n", "parenthesis", 3..<4),
        ("len(query == 1", "wants `)` before `==`", 10..<12), ("any n", "`any` wants a comparison", 5..<5),
        ("all port", "`all` wants a comparison", 8..<8), ("n == (n == 6)", "wants `)`", 8..<10),
        ("(n == 6) + 1", "goes with values", 9..<10), ("5 == 6", "`5` is no field", 0..<1),
        ("versio == n", "did you mean `version`?", 0..<6),
        ("frame.time_delta > x", "wants a number of seconds", 19..<20),
        ("ip.addr == 10.0.0.2:80", "an address without a port", 11..<22),
        ("tcp.payload contains 33", "did you mean `bytes`?", 0..<11), ("tcp.len > 5", "did you mean `length`?", 0..<7),
        ("nano.packet_type == 2", "did you mean `nano.type`?", 0..<16),
        ("nano.keepalive.peer_port == 7075", "did you mean `nano.keepalive.peers.port`?", 0..<24),
        ("n == 2 * x", "wants a number, not `x`", 9..<10),
        ("n == 340282366920938463463374607431768211455 + 1", "no result in 128 bits", 45..<46),
        ("violation + 1 == 2", "is there or not", 0..<9), ("response + 1 == 2", "has fields of its own", 0..<8),
    ])
    func errors(_ text: String, _ message: String, _ range: Range<Int>) throws {
        let error = try #require(throws: FilterError.self) { try Filter(text, [.nano]) }
        #expect(error.message.contains(message), "\(error.message)")
        #expect(error.range == range)
    }
    /// Long chains do not overflow the stack.
    @Test func depth() throws {
        for text in [
            "n" + String(repeating: " + 1", count: 10_000) + " == 2", String(repeating: "-(", count: 5000) + "n",
            String(repeating: "len(", count: 5000) + "query", "n == " + String(repeating: "- ", count: 5000) + "1",
        ] { #expect(throws: FilterError.self) { try Filter(text, [.nano]) } }
        #expect(try passes("n" + String(repeating: " + 1", count: 90) + " == 96"))
        #expect(throws: FilterError.self) { try Filter("query" + String(repeating: "[0:1]", count: 5000), [.nano]) }
    }
    /// A slice of the whole message, and the fields of records, need no dissection of the message.
    @Test func dissectsOnlyWhatIsAsked() throws {
        for (text, wanted) in [
            ("bytes[0:2] == 52:41", false), ("n + 1 == 7", false), ("src.port == dst.port", false),
            ("src.port == peers.port", false), ("n == 7 and query == response.node_id", false),
            ("len(query) == 32", true), ("count(port) == 2", false),
        ] {
            var opened: DissectedRecord?
            _ = try Filter(text, [.nano]).matches(records.record(handshake), handshake.span.bytes, &opened)
            #expect((opened != nil) == wanted, "\(text)")
        }
    }
    /// Each name that an error suggests instead of a Wireshark name exists here or is a valid test, and differs from
    /// that name.
    @Test func namesOfWireshark() {
        let names = FilterNames([.nano, .webSocket])
        for (theirs, ours) in WiresharkNames.same {
            let isTest = ours.contains(" ") && (try? Filter(ours, [.nano, .webSocket])) != nil
            #expect((isTest || names.meaning(ours) != nil) && names.meaning(theirs) == nil, "\(theirs)")
        }
    }
}
