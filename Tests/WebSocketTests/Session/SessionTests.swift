import Node
import Testing
import Wire

@testable import WebSocket

/// The bytes of the test's client: messages in each form, with control frames between fragments.
private let script: [UInt8] =
    masked(.text, utf8("Hello")) + masked(.text, utf8("κό"), fin: 0) + masked(.ping, utf8("p"))
    + masked(.continuation, [], fin: 0) + masked(.continuation, utf8("σμε")) + masked(.binary, [])
    + masked(.binary, [UInt8](repeating: 7, count: 300)) + masked(.pong, []) + masked(.close, hex("03 e9 62 79 65"))
private let wanted = [
    Received("Hello"), Received("κόσμε"), Received(.binary, []), Received(.binary, [UInt8](repeating: 7, count: 300)),
]

/// The result is the same in pieces of each size, and with a cut after each byte.
@Test func cutsAtEveryByte() throws {
    func run(_ body: (inout End) -> Void) -> End {
        var (_, server) = End.pair()
        body(&server)
        return server
    }
    let whole = run { $0.receive(script) }
    #expect(whole.messages == wanted && whole.close() == .goingAway && whole.isOver)
    let answer = frames(whole.sent)
    #expect(answer.map(\.header.opcode) == [.pong, .close] && answer.first?.payload.own == utf8("p"))
    for pieces in 1...16 {
        let cut = run { $0.receive(script, pieces: pieces) }
        #expect(cut.messages == wanted && cut.events == whole.events && cut.sent == whole.sent, "\(pieces)")
    }
    for at in 1..<script.count {
        let cut = run {
            $0.receive(Array(script[..<at]))
            $0.receive(Array(script[at...]))
        }
        #expect(cut.messages == wanted && cut.events == whole.events && cut.sent == whole.sent, "cut at \(at)")
    }
}

/// The answers have the order of the received messages: the reader stops after each message.
@Test func answersInOrder() {
    var (_, server) = End.pair()
    var turn = LayerTurn()
    var up = LayerOutput()
    let bytes = masked(.text, utf8("a")) + masked(.close, [])
    let used = server.session.receive(bytes.span.bytes, now: .zero, &up, &turn)
    #expect(used == 7 && up.items.count == 2 && turn.down.isEmpty && server.session.state == .open)
}

/// Handshakes with a cut at each byte, and bytes that follow the head in the same piece.
@Test func handshakeInPieces() {
    var client = End.client()
    client.begin()
    let request = client.take()
    for pieces in [1, 2, 7, 1000] {
        var server = End.server()
        server.begin()
        server.receive(request + masked(.text, utf8("early")), pieces: pieces)
        #expect(server.messages == [Received("early")] && server.session.state == .open)
        #expect(server.session.agreed?.target == "/chat")
        var other = client
        let response = server.take() + Frame(.text, utf8("early too")).encoded()
        other.receive(response, pieces: pieces)
        #expect(other.messages == [Received("early too")] && other.session.agreed == server.session.agreed)
    }
}

/// Violations of section 5, and their close codes. The bytes are from a client and masked, unless `raw` is true.
@Test(arguments: [
    ("91 80 00 00 00 00", CloseCode.protocolError), ("a1 80 00 00 00 00", .protocolError),
    ("c1 80 00 00 00 00", .protocolError), ("83 80 00 00 00 00", .protocolError), ("8b 80 00 00 00 00", .protocolError),
    ("8f 80 00 00 00 00", .protocolError), ("81 00", .protocolError), ("80 80 00 00 00 00", .protocolError),
    ("01 80 00 00 00 00 81 80 00 00 00 00", .protocolError), ("09 80 00 00 00 00", .protocolError),
    ("89 fe 00 7e 00 00 00 00", .protocolError), ("88 81 00 00 00 00 03", .protocolError),
    ("81 fe 00 7d 00 00 00 00", .protocolError), ("81 ff 00 00 00 00 00 00 ff ff 00 00 00 00", .protocolError),
    ("82 ff 80 00 00 00 00 00 00 00 00 00 00 00", .protocolError),
    ("82 ff 7f ff ff ff ff ff ff ff 00 00 00 00", .tooBig), ("82 ff 00 00 00 00 01 00 00 01 00 00 00 00", .tooBig),
    ("81 81 00 00 00 00 ff", .invalidPayload), ("81 81 00 00 00 00 c2", .invalidPayload),
    ("88 83 00 00 00 00 03 e8 ff", .invalidPayload), ("88 83 00 00 00 00 03 e8 c2", .invalidPayload),
    ("01 82 00 00 00 00 c2 80 80 81 00 00 00 00 80", .invalidPayload),
])
func failures(text: String, code: CloseCode) {
    for pieces in [1, 3, 100] {
        var (_, server) = End.pair()
        server.receive(hex(text), pieces: pieces)
        #expect(server.close("failed") == code, "\(text): \(server.events)")
        let answer = server.takeFrames()
        #expect(answer.count == 1 && answer[0].header.opcode == .close)
        #expect(answer.first?.payload.own?.prefix(2) == [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 255)])
        // The session drops further bytes, and ends the connection after a while.
        server.receive(masked(.text, utf8("late")))
        #expect(server.messages.isEmpty && server.sent.isEmpty && !server.isOver)
        server.now = server.session.deadline ?? .zero
        server.turn { $0.wake(now: $1, &$2) }
        #expect(server.isOver && server.session.state == .closed)
    }
}

/// The frames of a server are not masked (section 5.1).
@Test func maskedFrameOfAServer() {
    var (client, _) = End.pair()
    client.receive(masked(.text, []))
    #expect(client.close("failed") == .protocolError)
}

/// RFC 6455, section 7.4: the valid codes of a Close frame. The session sends valid codes back.
@Test func closeCodes() {
    let good = Set([1000, 1001, 1002, 1003] + Array(1007...1014) + Array(3000...4999))
    for number in Array(0...5100) + [65535] {
        var (_, server) = End.pair()
        server.receive(masked(.close, [UInt8(number >> 8), UInt8(number & 255)]))
        let code = CloseCode(rawValue: UInt16(number))
        #expect(
            server.close(good.contains(number) ? "closed" : "failed") == (good.contains(number) ? code : .protocolError)
        )
        #expect(server.isOver == good.contains(number))
        let sent = server.takeFrames().first?.payload.own ?? []
        #expect(sent.prefix(2) == ClosePayload(good.contains(number) ? code : .protocolError).bytes.prefix(2))
    }
}

/// The answer to an empty Close frame is an empty one. The client waits for the server to close, for a limited time.
@Test func closingHandshake() {
    var (client, server) = End.pair()
    client.turn { $0.close(ClosePayload(.noStatus), now: $1, &$2) }
    #expect(client.session.state == .closing)
    client.send(Received("too late"))
    let close = client.take()
    #expect(frames(close).map(\.header.opcode) == [.close])
    server.receive(close)
    #expect(server.close() == .noStatus && server.isOver)
    let answer = server.take()
    #expect(answer == hex("88 00"))
    // The client reads and drops messages that arrive after its Close frame.
    client.receive(Frame(.text, utf8("late")).encoded() + answer)
    // One Close frame is sufficient.
    #expect(client.sent.isEmpty)
    #expect(client.messages.isEmpty && client.session.state == .ending && client.close() == .noStatus && !client.isOver)
    client.now = client.session.deadline ?? .zero
    client.turn { $0.wake(now: $1, &$2) }
    #expect(client.isOver)
}

/// The timeouts of a state: no request, half a request, no answer to a Close frame.
@Test func timeouts() {
    var silent = End.server()
    silent.begin()
    var half = silent
    half.receive(utf8("GET / HT"))
    for (server, status) in [(silent, nil), (half, "408")] as [(End, String?)] {
        var server = server
        server.turn { $0.wake(now: $1 + .milliseconds(9999), &$2) }
        #expect(server.session.state == .connecting)
        server.turn { $0.wake(now: $1 + .seconds(10), &$2) }
        #expect((try? UpgradeResponse(copying: server.take()))?.status.string() == status)
        #expect(server.isOver == (status == nil))
    }
    var (client, _) = End.pair()
    client.turn { $0.close(now: $1, &$2) }
    client.turn { $0.wake(now: $1 + .seconds(5), &$2) }
    #expect(client.isOver && client.close() == .abnormal)
}

/// The protocol above the layer gives the reason of the close.
@Test func closesWithStatus() {
    var (_, server) = End.pair()
    server.turn { $0.close(with: CloseStatus(1008, "slow reader"), now: $1, &$2) }
    #expect(server.take() == [0x88, 13, 0x03, 0xf0] + utf8("slow reader"))
}

/// The connection ends without a Close frame.
@Test func endsWithoutClose() {
    var (client, _) = End.pair()
    client.turn { $0.closed(now: $1, &$2) }
    #expect(client.close() == .abnormal && client.session.state == .closed)
    client.turn { $0.closed(now: $1, &$2) }
    #expect(client.events.filter { $0.name == "closed" }.count == 1)
}

/// Heads that are too long, malformed or wrong: the server answers with the reason, and drops the following bytes.
@Test(arguments: [
    ("GET / HTTP/1.1\r\nA: " + String(repeating: "a", count: 17_000), "431"),
    ("GET / HTTP/1.1\r\n" + String(repeating: "a: b\r\n", count: 101) + "\r\n", "400"),
    (String(repeating: "x", count: 16_385), "431"), ("GET / HTTP/1.1\n", "400"), ("\r\n", "400"),
    ("POST / HTTP/1.1\r\n\r\n", "405"), ("\u{1}\r\n\r\n", "400"),
])
func refusedHeads(text: String, status: String) {
    for pieces in [100, 100_000] {
        var server = End.server()
        server.begin()
        server.receive(utf8(text), pieces: pieces)
        #expect((try? UpgradeResponse(copying: server.take()))?.status.string() == status)
        #expect(server.session.state == .failing && server.events.map(\.name) == ["refused"])
    }
}

/// A client gives up if the answer does not match.
@Test func refusedByTheClient() {
    var client = End.client()
    client.begin()
    client.receive(exampleResponse)
    #expect(client.isOver && client.events.map(\.name) == ["refused"])
}

/// The limits of a message in one frame, in several frames, and inflated, of a frame, and of the number of fragments.
@Test func limits() {
    var limits = Limits()
    (limits.message, limits.frame, limits.fragments) = (1000, 600, 4)
    func run(_ bytes: [UInt8], _ deflate: DeflateNegotiation? = nil) -> End {
        var (_, server) = End.pair(deflate, deflate, limits)
        server.receive(bytes)
        return server
    }
    func part(_ n: Int) -> [UInt8] { [UInt8](repeating: 1, count: n) }
    #expect(run(masked(.binary, part(600))).messages.count == 1)
    #expect(run(masked(.binary, part(601))).close("failed") == .tooBig)
    #expect(run(masked(.binary, part(500), fin: 0) + masked(.continuation, part(500))).messages.count == 1)
    #expect(run(masked(.binary, part(500), fin: 0) + masked(.continuation, part(501))).close("failed") == .tooBig)
    let first = masked(.binary, [], fin: 0)
    let next = masked(.continuation, [], fin: 0)
    #expect(run(first + next + next + masked(.continuation, [])).messages.count == 1)
    #expect(run(first + next + next + next + next).close("failed") == .policyViolation)
    var packed: [UInt8] = []
    var deflater = Deflater(windowBits: 15, forgets: false)
    let message = part(1001)
    let isGood = deflater?.deflate(message.span.bytes, into: &packed)
    #expect(isGood == true && packed.count < 100)
    #expect(run(masked(.binary, packed) { $0.header.rsv1 = 1 }, DeflateNegotiation()).close("failed") == .tooBig)
}

/// Text is refused as soon as it cannot become valid, in the middle of a frame.
@Test func failsInsideAFrame() {
    var (_, server) = End.pair()
    let bytes = masked(.text, hex("ce ba e1 bd b9 f4 90 80 80") + utf8("xxxxx"))
    server.receive(Array(bytes[..<(6 + 6)]))
    #expect(server.session.state == .open)
    server.receive(Array(bytes[12..<13]))
    #expect(server.close("failed") == .invalidPayload)
}

/// RSV1 at a wrong place, and invalid compressed data.
@Test func compressedFrames() {
    func run(_ bytes: [UInt8]) -> CloseCode? {
        var (_, server) = End.pair(DeflateNegotiation(), DeflateNegotiation())
        server.receive(bytes)
        return server.close("failed")
    }
    #expect(run(masked(.text, hex("f2 48 cd c9 c9 07 00")) { $0.header.rsv1 = 1 }) == nil)
    #expect(run(masked(.ping, []) { $0.header.rsv1 = 1 }) == .protocolError)
    #expect(
        run(masked(.text, [], fin: 0) { $0.header.rsv1 = 1 } + masked(.continuation, []) { $0.header.rsv1 = 1 })
            == .protocolError)
    #expect(run(masked(.text, hex("ff ff ff")) { $0.header.rsv1 = 1 }) == .invalidPayload)
    #expect(run(masked(.text, hex("00 01 00 fe ff ff")) { $0.header.rsv1 = 1 }) == .invalidPayload)
    #expect(run(masked(.text, []) { $0.header.rsv2 = 1 }) == .protocolError)
}

/// A client masks with a different key each time. The bytes of a ping beyond 125 are omitted.
@Test func framesOfAClient() {
    var (client, server) = End.pair()
    for _ in 0..<20 { client.send(Received("same")) }
    let long = [UInt8](repeating: 9, count: 200)
    client.turn { $0.ping(long.span.bytes, &$2) }
    let bytes = client.take()
    let sent = frames(bytes)
    #expect(Set(sent.compactMap { $0.header.maskingKey?.array }).count == 21)
    #expect(sent.last?.payload.count == 125)
    server.receive(bytes)
    #expect(server.messages.count == 20)
    #expect(server.takeFrames().map(\.payload.count) == [125])
}

/// The reason of a Close frame has at most 123 bytes, and is not cut inside a character.
@Test func longReasons() {
    let close = ClosePayload(.normal, "x" + String(repeating: "é", count: 100))
    #expect(close.bytes.count == 2 + 123 && String(validating: close.reason, as: UTF8.self) != nil)
    #expect(ClosePayload(.normal, String(repeating: "é", count: 100)).bytes.count == 2 + 122)
}
