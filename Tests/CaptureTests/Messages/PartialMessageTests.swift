import Gossipsub
import Nano
import Node
import TLS
import Testing
import WebSocket
import Wire

@testable import Capture

/// Tests of messages that end in their middle: the finding has their own type and length, not those of the message
/// before.
struct PartialMessageTests {
    private static let head =
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    private static let answer =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

    /// Returns the findings of a WebSocket connection whose server sends these bytes after the upgrade.
    private static func server(_ bytes: [UInt8], _ flags: TCPFlags = .acknowledges) -> [String] {
        let wire = Wire2()
        let (head, answer) = (Array(head.utf8), Array(answer.utf8))
        let segments = [
            wire.say(head, at: 0), wire.answer(answer + bytes, at: 0, received: head.count, flags),
        ]
        return tap(wire.opening + segments, .ethernet, [.webSocket]).0.notes
    }
    /// Returns options that read port 9000 as this protocol.
    private static func claimed(_ name: String) -> ReadingOptions {
        ReadingOptions(rules: [DecodeAs(transport: .tcp, port: 9000, protocolName: name)])
    }
    private static let ping = Frame(.ping, [1, 2, 3, 4, 5]).encoded()

    @Test(arguments: [(100, 102), (300, 304), (70_000, 70_010)]) func frame(payload: Int, length: Int) {
        let frame = Frame(.binary, [UInt8](repeating: 7, count: payload)).encoded()
        let notes = Self.server(Self.ping + frame.prefix(50))
        #expect(notes == ["50 bytes of a partial websocket.frame that announces \(length) bytes: the capture ends"])
        let ended = Self.server(Self.ping + frame.prefix(50), [.acknowledges, .fin])
        #expect(ended == ["50 bytes of a partial websocket.frame that announces \(length) bytes: the connection ends"])
    }
    /// The header is incomplete, so it announces nothing.
    @Test func headerOfAFrame() {
        let frame = Frame(.binary, [UInt8](repeating: 7, count: 300)).encoded()
        #expect(
            Self.server(Self.ping + frame.prefix(3)).map { $0.hasPrefix("3 bytes of a partial message: the capture") }
                == [true])
    }
    @Test func frameBeforeAGap() {
        let wire = Wire2()
        let (head, answer) = (Array(Self.head.utf8), Array(Self.answer.utf8))
        let frame = Frame(.binary, [UInt8](repeating: 7, count: 300)).encoded()
        let segments = [
            wire.say(head, at: 0),
            wire.answer(answer + Self.ping + frame.prefix(50), at: 0, received: head.count),
            wire.answer(Array(frame.dropFirst(90)), at: answer.count + Self.ping.count + 90, received: head.count),
        ]
        let (kept, _) = tap(wire.opening + segments, .ethernet, [.webSocket])
        let text = "50 bytes of a partial websocket.frame that announces 304 bytes: "
        #expect(kept.notes.contains(text + "40 bytes are missing from the capture"), "\(kept.notes)")
    }
    @Test func headOfAnUpgrade() {
        let wire = Wire2()
        let (kept, _) = tap(
            wire.opening + [wire.say(Array(Self.head.utf8.prefix(80)), at: 0)], .ethernet, [.webSocket],
            reading: Self.claimed("websocket"))
        #expect(kept.notes == ["80 bytes of a partial websocket.upgrade: the capture ends"])
    }
    /// Each type of Nano announces its length with the bits of its header.
    @Test func messagesOfNano() throws {
        let key = Value.bytes([UInt8](repeating: 7, count: 32))
        let wire = Wire2()
        let fields: [(String, Value)] = [
            ("nano.keepalive", .map([])), ("nano.node_id_handshake", ["query": key]), ("nano.frontier_req", .map([])),
            ("nano.asc_pull_req", ["pull_type": "account_info", "account_info": ["target": key]]),
        ]
        for (name, fields) in fields {
            let whole = try NanoStreamTests.encoded(name, fields)
            let first = try NanoStreamTests.encoded("nano.telemetry_req", .map([]))
            let cut = Array(whole.dropLast())
            let (kept, _) = tap(wire.opening + [wire.say(first + cut, at: 0)], .ethernet, [.nano])
            let text = "\(cut.count) bytes of a partial \(name) that announces \(whole.count) bytes: the capture ends"
            #expect(kept.notes.contains(text), "\(kept.notes)")
        }
    }
    /// The items of legacy bootstrap have no header; their type follows from the request.
    @Test func itemOfABootstrapStream() throws {
        let request = try NanoStreamTests.encoded("nano.frontier_req", .map([]))
        let item = try NanoStreamTests.encoded("nano.frontier", ["account": .bytes([UInt8](repeating: 7, count: 32))])
        let wire = Wire2()
        let (kept, _) = tap(
            wire.opening + [
                wire.say(request, at: 0), wire.answer(item + item.prefix(20), at: 0, received: request.count),
            ], .ethernet, [.nano])
        let text = "20 bytes of a partial nano.frontier that announces 64 bytes: the capture ends"
        #expect(kept.notes.contains(text), "\(kept.notes)")
    }
    @Test func recordOfTLS() {
        let wire = Wire2()
        let bytes: [UInt8] = [22, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3]
        let (kept, _) = tap(
            wire.opening + [wire.say(bytes, at: 0)], .ethernet, [.tls],
            reading: Self.claimed("tls"))
        #expect(kept.notes == ["11 bytes of a partial tls.record that announces 205 bytes: the capture ends"])
    }
    /// The header of each unit of libp2p announces its length.
    @Test(
        arguments: [
            ("libp2p.stream", [19, 0x2f], "libp2p.multistream that announces 20 bytes"),
            ("libp2p.plaintext", [0x80, 1, 8], "libp2p.exchange that announces 130 bytes"),
            ("libp2p.yamux", [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 7], "libp2p.yamux_frame that announces 268 bytes"),
            ("libp2p.mplex", [0x0a, 5, 1, 2], "libp2p.mplex_frame that announces 7 bytes"),
            ("libp2p.noise", [0, 32, 1], "libp2p.noise_hello that announces 34 bytes"),
        ] as [(String, [UInt8], String)])
    func unitOfLibp2p(layer: String, bytes: [UInt8], text: String) throws {
        let definition = try #require(Definition.gossipsub.reading.layers?[layer])
        let reader = LayerReader(definition)
        var framing = reader.framing(.us)
        guard case .needMore = framing.next(bytes.span.bytes) else { return #expect(Bool(false), "it is complete") }
        #expect(framing.announced(by: bytes.span.bytes)?.textInBytes == text)
    }
}
