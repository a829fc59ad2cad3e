import Nano
import Node
import Wire

@testable import WebSocket

/// The data after the opening handshake of a WebSocket connection.
enum WebSocketInput {
    private static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    private static let deflate = "Sec-WebSocket-Extensions: permessage-deflate"
    /// Returns the opening handshake of both sides, with additional header fields.
    static func heads(_ more: [String], target: String = "/") -> (client: [UInt8], server: [UInt8]) {
        (request(more, target: target), response(more))
    }
    private static func request(_ more: [String], target: String = "/") -> [UInt8] {
        head(
            [
                "GET \(target) HTTP/1.1", "Host: a", "Upgrade: websocket", "Connection: Upgrade",
                "Sec-WebSocket-Key: \(key)",
            ]
                + ["Sec-WebSocket-Version: 13"] + more)
    }
    private static func response(_ more: [String]) -> [UInt8] {
        head(
            ["HTTP/1.1 101 x", "Upgrade: websocket", "Connection: Upgrade"]
                + ["Sec-WebSocket-Accept: \(AcceptKey.answering(key))"] + more)
    }
    private static func head(_ lines: [String]) -> [UInt8] {
        Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// Decodes Nano messages in WebSocket. The first byte selects whether they may be compressed, and whether the
    /// input also contains the opening handshake.
    static func capture(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let more = first & 1 == 0 ? [] : [deflate]
        var definition = Definition.nano
        definition.reading.layers = .webSocket { _ in "nano" }
        let before = first & 2 == 0 ? heads(more) : ([], [])
        StreamInput.run(Array(input[1...]), definition, port: 7075, before: before)
    }

    /// The output of an end.
    private struct Outcome: Equatable {
        var messages: [[UInt8]] = []
        var events: [String] = []
        var state = Session.State.connecting
        var isOver = false
    }
    /// Gives an end the same bytes in one piece and in small pieces. The first byte selects compression, the role of
    /// the end, and the size of the small pieces.
    static func session(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let bytes = Array(input[1...])
        let whole = run(bytes, first, pieces: .max)
        let cut = run(bytes, first, pieces: 1 + Int(first >> 2))
        Property.check(whole == cut, "in pieces: \(whole) \(cut)")
    }
    private static func run(_ bytes: [UInt8], _ first: UInt8, pieces: Int) -> Outcome {
        let wanted = first & 1 == 0 ? nil : DeflateNegotiation()
        var limits = Limits()
        limits.message = 1 << 20
        var session: Session
        let head: [UInt8]
        if first & 2 == 0 {
            var server = ServerHandshake()
            server.deflate = wanted
            session = Session(.server(server), limits, random: Random(seed: 1))
            head = request(wanted == nil ? [] : [deflate])
        } else {
            var client = ClientHandshake(key: key)
            client.deflate = wanted
            session = Session(.client(client), limits, random: Random(seed: 1))
            head = response(wanted == nil ? [] : [deflate])
        }
        var out = Outcome()
        var turn = LayerTurn()
        session.begin(now: .zero, &turn)
        take(head, &session, &out, &turn)
        Property.check(session.state == .open, "not open: \(turn.events)")
        for start in stride(from: 0, to: bytes.count, by: min(pieces, max(1, bytes.count))) {
            take(Array(bytes[start..<min(bytes.count, start + min(pieces, bytes.count))]), &session, &out, &turn)
        }
        session.wake(now: .zero + .seconds(100), &turn)
        out.state = session.state
        out.isOver = turn.isOver
        out.events = turn.events.map(\.name)
        return out
    }
    private static func take(_ bytes: [UInt8], _ session: inout Session, _ out: inout Outcome, _ turn: inout LayerTurn)
    {
        var at = 0
        while at < bytes.count {
            var up = LayerOutput()
            let used = session.receive(bytes.span.bytes.extracting(at..<bytes.count), now: .zero, &up, &turn)
            Property.check(used > 0 && at + used <= bytes.count, "used \(used) of \(bytes.count - at)")
            at += used
            for item in up.items {
                if case .made(_, let range, _) = item { out.messages.append(Array(up.made[range])) }
            }
        }
    }
}
