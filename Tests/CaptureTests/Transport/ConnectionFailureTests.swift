import Gossipsub
import Libp2p
import Nano
import Node
import TLS
import Testing
import WebSocket
import Wire

@testable import Capture

/// Tests of the failures of connections, from segments that are one millisecond apart.
struct ConnectionFailureTests {
    private let wire = Wire2()

    /// A sink that keeps the summaries of connections.
    struct Summaries: RecordSink {
        var all: [TCPSummary] = []
        mutating func record(_ record: borrowing Capture.Record, _ bytes: RawSpan) {}
        var wantsTransport: Bool { true }
        mutating func transport(_ summary: TCPSummary) { all.append(summary) }
    }
    /// Reads segments. After them, a packet of another connection arrives `later` seconds after the first segment.
    private func summaries(
        _ segments: [Tap], later: Double? = nil, _ definitions: [Definition] = [.toy]
    ) -> [TCPSummary] {
        var table = FlowTable(definitions)
        var sink = Summaries()
        var all = segments.enumerated().map { (tap: $1, time: Int64($0) * 1_000_000) }
        if let later {
            let other = Wire2(client: Endpoint(v4: 9, port: 9), server: Endpoint(v4: 8, port: 8))
            all.append((other.say([], at: 0), Int64(later * 1e9)))
        }
        for (i, one) in all.enumerated() {
            let bytes = Wrapping.ethernet.packet(one.tap)
            let packet = Packet(
                number: i + 1, time: Timestamp(nanoseconds: one.time), length: bytes.count, link: .ethernet,
                bytes: bytes.span.bytes)
            table.receive(packet, &sink)
        }
        table.finish(&sink)
        return sink.all.filter { $0.server.port != 8 }
    }
    /// Returns the failures in words, with `?` if they depend on the end of the capture.
    private func failures(
        _ segments: [Tap], later: Double? = nil, _ definitions: [Definition] = [.toy]
    ) -> [String] {
        summaries(segments, later: later, definitions).map { summary in
            guard let f = summary.failure else { return "none" }
            let name = f.handshake.isEmpty ? f.kind.rawValue : "\(f.handshake) \(f.kind.rawValue)"
            return "\(name), \(f.end.rawValue)\(f.due == nil ? "" : "?")"
        }
    }
    private var syn: Tap { wire.opening[0] }
    private func reset(fromServer: Bool, up: Int = 0, down: Int = 0) -> Tap {
        var tap =
            fromServer
            ? wire.answer([], at: down, received: up, [.reset, .acknowledges])
            : wire.say([], at: up, [.reset, .acknowledges])
        if !fromServer { tap.acknowledgement &+= UInt32(down) }
        return tap
    }
    /// The FIN of both sides, after these numbers of bytes.
    private func closing(up: Int = 0, down: Int = 0) -> [Tap] {
        [
            wire.say([], at: up, [.fin, .acknowledges]),
            wire.answer([], at: down, received: up + 1, [.fin, .acknowledges]),
        ]
    }
    private var refusal: Tap {
        var tap = reset(fromServer: true)
        tap.sequence = 0
        return tap
    }

    // MARK: - Openings

    /// A SYN fails if nothing answers it within a second. The end of the capture explains silence before that.
    @Test func silenceAfterSYNIsNoAnswer() {
        #expect(failures([syn, syn], later: 3) == ["no_answer, silent"])
        #expect(failures([syn, syn], later: 0.9) == ["no_answer, silent?"])
        #expect(failures([syn]) == ["no_answer, silent?"])
        #expect(failures([syn, reset(fromServer: false, up: 0)], later: 3) == ["no_answer, reset_by_client"])
        #expect(failures(wire.opening, later: 30) == ["none"])
        // The capture lacks the packets of the server, or the SYN.
        #expect(failures([syn, wire.opening[2], wire.say(text("a"), at: 0)], later: 30) == ["none"])
        #expect(failures([wire.say([], at: 0)], later: 30) == ["none"])
    }
    /// A reset that acknowledges the SYN refuses the connection. Each attempt with a new sequence number is a
    /// connection, but a repeated SYN is not.
    @Test func resetInAnswerToSYNIsRefusal() {
        #expect(failures([syn, refusal]) == ["refused, reset_by_server"])
        var forged = refusal
        forged.acknowledgement &+= 7
        #expect(failures([syn, forged], later: 3) == ["no_answer, silent"])
        #expect(failures([syn, refusal, syn, refusal]) == ["refused, reset_by_server"])
        let again = Wire2(up: 900_001)
        var second = again.answer([], at: 0, [.reset, .acknowledges])
        second.sequence = 0
        let both = summaries([syn, refusal, again.opening[0], second])
        #expect(both.map(\.failure?.kind) == [.refused, .refused] && both.map(\.firstFrame) == [1, 3])
        #expect(failures([refusal]) == ["none"])
    }
    @Test func unacknowledgedAnswerIsHalfOpen() {
        #expect(failures(Array(wire.opening.prefix(2)), later: 2) == ["half_open, silent"])
        #expect(failures(Array(wire.opening.prefix(2))) == ["half_open, silent?"])
    }

    // MARK: - Resets

    @Test func resetsBeforeAndAfterData() {
        let hello = text("hello")
        #expect(failures(wire.opening + [reset(fromServer: true)]) == ["reset_before_data, reset_by_server"])
        #expect(failures(wire.opening + [reset(fromServer: false)]) == ["reset_before_data, reset_by_client"])
        let said = wire.opening + [wire.say(hello, at: 0)]
        #expect(failures(said + [reset(fromServer: true, up: hello.count)]) == ["reset, reset_by_server"])
        #expect(failures(said + [reset(fromServer: false, up: hello.count)]) == ["reset, reset_by_client"])
        // A reset at another sequence number is forged or late.
        #expect(failures(said + [reset(fromServer: false, up: 70)]) == ["none"])
        // After a FIN, a reset only ends what is over.
        let fin = wire.say([], at: hello.count, [.fin, .acknowledges])
        #expect(failures(said + [fin, reset(fromServer: true, up: hello.count + 1)]) == ["none"])
        #expect(failures(said + closing(up: hello.count)) == ["none"])
        // The capture begins inside the connection.
        #expect(failures([said[3], reset(fromServer: false, up: hello.count)]) == ["reset, reset_by_client"])
        #expect(failures([said[2], reset(fromServer: false)]) == ["none"])
    }

    // MARK: - Handshakes

    private func exchange(_ pieces: [(Bool, [UInt8])], _ ends: (Int, Int) -> [Tap]) -> [Tap] {
        var (taps, up, down) = (wire.opening, 0, 0)
        for (isClient, bytes) in pieces {
            var tap = isClient ? wire.say(bytes, at: up) : wire.answer(bytes, at: down, received: up)
            if isClient {
                tap.acknowledgement &+= UInt32(down)
                up += bytes.count
            } else {
                down += bytes.count
            }
            taps.append(tap)
        }
        return taps + ends(up, down)
    }
    private static func handshake(query: Bool, response: Bool) -> [UInt8] {
        var m = NodeIDHandshake()
        if query { m.query = Key32(repeating: 0xa5) }
        if response { m.response = NodeIDHandshake.Response(version: 2) }
        return m.encoded()
    }
    private static func agreed(_ id: String) -> [UInt8] {
        MultistreamToken("/multistream/1.0.0").encoded() + MultistreamToken(id).encoded()
    }
    private static let hello: [UInt8] =
        [22, 3, 1, 0, 45, 1, 0, 0, 41, 3, 3] + [UInt8](repeating: 7, count: 32) + [0, 0, 2, 0x13, 1, 1, 0]
    private static let sealed: [UInt8] = [23, 3, 3, 0, 20] + [UInt8](repeating: 9, count: 20)
    private static let request = Array(
        """
        GET /x HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n
        """.utf8)
    private static let upgrade = Array(
        """
        HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n
        """.utf8)
    private static let refusedUpgrade = Array("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n".utf8)
    private static let noise: [[UInt8]] = [
        [0, 32] + [UInt8](repeating: 1, count: 32), [0, 96] + [UInt8](repeating: 2, count: 96),
        [0, 64] + [UInt8](repeating: 3, count: 64),
    ]
    /// The protocol, an exchange that ends inside the handshake, its name, and an exchange that finishes it.
    private static let handshakes: [(Definition, [(Bool, [UInt8])], String, [(Bool, [UInt8])])] = [
        (
            .nano, [(true, handshake(query: true, response: false)), (false, handshake(query: true, response: true))],
            "nano.node_id_handshake", [(true, handshake(query: false, response: true))]
        ),
        (.tls, [(true, hello)], "tls", [(true, sealed), (false, sealed)]),
        (.webSocket, [(true, request)], "websocket", [(false, upgrade)]),
        (.gossipsub, [(true, agreed("/noise"))], "libp2p.security", [(false, agreed("/none"))]),
        (
            .gossipsub, [(true, agreed("/noise")), (false, agreed("/noise")), (true, noise[0]), (false, noise[1])],
            "libp2p.noise", [(true, noise[2])]
        ),
    ]
    /// A handshake that does not finish fails if the connection ends, or is silent for ten seconds.
    @Test(arguments: handshakes.indices) func unfinishedHandshakes(_ i: Int) {
        let (definition, pieces, name, rest) = Self.handshakes[i]
        func told(_ all: [(Bool, [UInt8])], later: Double? = nil, _ ends: (Int, Int) -> [Tap]) -> [String] {
            failures(exchange(all, ends), later: later, [definition])
        }
        let prefix = "\(name) unfinished"
        #expect(told(pieces) { closing(up: $0, down: $1) } == ["\(prefix), closed"])
        #expect(told(pieces) { [reset(fromServer: true, up: $0, down: $1)] } == ["\(prefix), reset_by_server"])
        #expect(told(pieces) { [reset(fromServer: false, up: $0, down: $1)] } == ["\(prefix), reset_by_client"])
        #expect(told(pieces, later: 20) { _, _ in [] } == ["\(prefix), silent"])
        #expect(told(pieces, later: 5) { _, _ in [] } == ["\(prefix), silent?"])
        #expect(told(pieces + rest, later: 20) { _, _ in [] } == ["none"])
        #expect(told(pieces + rest, later: 20) { closing(up: $0, down: $1) } == ["none"])
        // Missing bytes may have finished it.
        #expect(told(pieces) { closing(up: $0 + 9, down: $1) } == ["none"])
        // The capture begins inside the connection.
        #expect(failures(Array(exchange(pieces) { closing(up: $0, down: $1) }.dropFirst(3)), [definition]) == ["none"])
    }
    /// A response without an upgrade is an answer, which ends no handshake too early.
    @Test func answeredRequestIsNoFailure() {
        let pieces = [(true, Self.request), (false, Self.refusedUpgrade)]
        #expect(failures(exchange(pieces) { closing(up: $0, down: $1) }, [.webSocket]) == ["none"])
        #expect(
            failures(exchange(pieces + [(true, Self.request)]) { closing(up: $0, down: $1) }, [.webSocket])
                == ["websocket unfinished, closed"])
    }

    // MARK: - Unknown protocols

    /// A connection in an unknown protocol has its first bytes, however they are cut, and its side.
    @Test func firstBytesOfUnknownProtocols() {
        // The toy is known by its port.
        func first(_ pieces: [(Bool, [UInt8])], _ definition: Definition = .nano) -> TCPSummary? {
            summaries(exchange(pieces) { closing(up: $0, down: $1) }, [definition]).first
        }
        let line = Array("EHLO example".utf8)
        let known = FirstBytes(line, isFromClient: true)
        #expect(known.bytes == Array("EHLO exa".utf8))
        #expect(first([(true, line)])?.unknown == known)
        #expect(first([(true, Array(line.prefix(3))), (true, Array(line.dropFirst(3)))])?.unknown == known)
        #expect(first([(false, line), (true, [1])])?.unknown == FirstBytes(line, isFromClient: false))
        #expect(first([(false, line), (true, [1])])?.bytes == 13)
        #expect(first([(true, [5])])?.unknown?.bytes == [5])
        #expect(first([(true, text("a"))], .toy).map { $0.unknown == nil } == true)
    }
}
