import Capture
import Node
import WebSocket
import Wire

/// A capture of synthetic WebSocket traffic with known content: 32 connections, every second one with
/// permessage-deflate, and texts of 40 to 70,000 bytes in bursts. Of 8 uncompressed messages, one is fragmented. Of 50
/// bursts, one begins with a ping, which is answered.
///
/// Both ends are sessions of this package. The generator was written for this program. The same seed gives the same
/// bytes.
final class GeneratedWebSocket {
    /// The number of messages, control frames and handshake messages.
    private(set) var messages = 0
    private let streams: GeneratedStreams
    private var random: Random
    private var flows: [(client: Session, server: Session)] = []
    private let text: [UInt8]
    private static let flowCount = 32
    private static let sizes = [40, 90, 120, 300, 300, 600, 1000, 4000]

    /// Makes the capture; nil if it cannot be written.
    init?(megabytes: Int, seed: UInt64 = 1) {
        // By default, tshark decodes this port as HTTP.
        guard let streams = GeneratedStreams(Self.flowCount, port: 80) else { return nil }
        self.streams = streams
        random = Random(seed: seed)
        text = Self.words(&random)
        for flow in 0..<Self.flowCount { guard open(flow) else { return nil } }
        while streams.written < megabytes * 1_000_000 {
            let flow = Int.random(in: 0..<Self.flowCount, using: &random)
            let fromClient = Bool.random(using: &random)
            if Int.random(in: 0..<50, using: &random) == 0 {
                let isPinged = say(flow, !fromClient) { $0.add(.ping, []) }
                guard isPinged, say(flow, fromClient, { $0.add(.pong, []) }) else { return nil }
            }
            let isSaid = say(flow, fromClient) { frames in
                for _ in 0..<Int.random(in: 1...8, using: &random) { message(flow, &frames) }
            }
            guard isSaid else { return nil }
        }
        guard streams.finish() else { return nil }
    }
    var path: String { streams.path }
    /// True if reading it gives exactly its content.
    var isRead: Bool {
        guard let (told, tally) = streams.read([.webSocket]) else { return false }
        return told == messages && tally.gaps == 0
    }

    /// Returns 1 MiB of text with repeated words, as in JSON.
    private static func words(_ random: inout Random) -> [UInt8] {
        let words = (0..<600).map { _ in
            (0..<Int.random(in: 2...9, using: &random)).map { _ in UInt8.random(in: 0x61...0x7a, using: &random) }
        }
        var text: [UInt8] = []
        while text.count < 1 << 20 {
            text += words[Int.random(in: 0..<words.count, using: &random)]
            text += Int.random(in: 0..<4, using: &random) == 0 ? Array("\",\"".utf8) : [0x20]
        }
        return text
    }
    /// Writes the handshake messages of both sides.
    private func open(_ flow: Int) -> Bool {
        let deflate = flow % 2 == 0 ? nil : DeflateNegotiation()
        var handshake = (client: ClientHandshake(&random), server: ServerHandshake())
        handshake.client.host = "10.0.0.1"
        handshake.client.deflate = deflate
        handshake.server.deflate = deflate
        var client = Session(.client(handshake.client), random: Random(seed: random.next()))
        var server = Session(.server(handshake.server), random: Random(seed: random.next()))
        var (asked, answered, none) = (LayerTurn(), LayerTurn(), LayerTurn())
        var up = LayerOutput()
        client.begin(now: .zero, &asked)
        _ = server.receive(asked.down.span.bytes, now: .zero, &up, &answered)
        _ = client.receive(answered.down.span.bytes, now: .zero, &up, &none)
        guard client.state == .open, server.state == .open else { return false }
        flows.append((client, server))
        messages += 2
        return streams.say(flow, fromClient: true, asked.down) && streams.say(flow, fromClient: false, answered.down)
    }
    /// Writes the frames of `body` as one side.
    private func say(_ flow: Int, _ fromClient: Bool, _ body: (inout Frames) -> Void) -> Bool {
        var frames = Frames(
            session: fromClient ? flows[flow].client : flows[flow].server, random: Random(seed: random.next()))
        body(&frames)
        if fromClient { flows[flow].client = frames.session } else { flows[flow].server = frames.session }
        messages += frames.count
        return streams.say(flow, fromClient: fromClient, frames.turn.down)
    }
    private func message(_ flow: Int, _ frames: inout Frames) {
        let isLong = Int.random(in: 0..<400, using: &random) == 0
        let size = isLong ? 70_000 : Self.sizes[Int.random(in: 0..<Self.sizes.count, using: &random)]
        let start = Int.random(in: 0..<text.count - size, using: &random)
        let payload = text[start..<start + size]
        guard flow % 2 == 0, Int.random(in: 0..<8, using: &random) == 0 else { return frames.send(payload) }
        let cuts = (start + size / 3, start + size / 2)
        frames.add(.text, payload[..<cuts.0], isLast: false)
        frames.add(.continuation, payload[cuts.0..<cuts.1], isLast: false)
        frames.add(.continuation, payload[cuts.1...])
    }

    /// The frames that one end sends at a time.
    private struct Frames {
        var session: Session
        var random: Random
        var turn = LayerTurn()
        var count = 0

        /// Adds a message in one frame, compressed if the handshake agreed on it.
        mutating func send(_ payload: ArraySlice<UInt8>) {
            session.send(payload.span.bytes, .text, &turn)
            count += 1
        }
        /// Adds an unmodified frame.
        mutating func add(_ opcode: Opcode, _ payload: ArraySlice<UInt8>, isLast: Bool = true) {
            let key = session.role == .client ? Fixed<4>(random.bytes(4)) : nil
            var frame = Frame(opcode, Array(payload), key: key)
            frame.header.fin = isLast ? 1 : 0
            frame.encode(appendingTo: &turn.down)
            if isLast { count += 1 }
        }
    }
}
