import Node
import Testing
import Wire

@testable import TLS

/// A TLS client and a TLS server, and the bytes between them.
struct Pair {
    var client: TLSEnd
    var server: TLSEnd
    /// The bytes on the wire. `us` is the client.
    var wire: [(Opener, [UInt8])] = []
    /// The output at each side.
    var clientSeen = Side()
    var serverSeen = Side()

    struct Side {
        var data: [UInt8] = []
        var speaks: String?
        var isOver = false
        var events: [Event] = []
        var hasEnded = false
    }
    let secrets = Secrets()

    init(_ client: TLSContext, _ server: TLSContext) throws {
        let settings = try Definition.tls.settings()
        let secrets = self.secrets
        func options(_ opener: Opener) -> LayerOptions {
            var options = LayerOptions(opener, peer: .loopback(443), settings: settings, random: Random(seed: 1))
            options.secrets = secrets
            return options
        }
        self.client = TLSEnd(client, options(.us))
        self.server = TLSEnd(server, options(.them))
        var turn = LayerTurn()
        self.server.begin(now: .zero, &turn)
        turn = LayerTurn()
        self.client.begin(now: .zero, &turn)
        carry(.us, turn)
    }
    /// Delivers the bytes of a side, and the answers to them.
    private mutating func carry(_ from: Opener, _ turn: LayerTurn) {
        note(from) { side in
            side.events += turn.events
            if turn.isOver { side.isOver = true }
        }
        guard !turn.down.isEmpty else { return }
        wire.append((from, turn.down))
        var up = LayerOutput()
        var answer = LayerTurn()
        let to = from.opposite
        if to == .us {
            _ = client.receive(turn.down.span.bytes, now: .zero, &up, &answer)
        } else {
            _ = server.receive(turn.down.span.bytes, now: .zero, &up, &answer)
        }
        for item in up.items {
            note(to) { side in
                switch item {
                case .begins(_, _, let speaks): side.speaks = speaks
                case .made(_, let range, _): side.data += up.made[range]
                case .ends: side.hasEnded = true
                default: break
                }
            }
        }
        carry(to, answer)
    }
    private mutating func note(_ who: Opener, _ body: (inout Side) -> Void) {
        if who == .us { body(&clientSeen) } else { body(&serverSeen) }
    }
    mutating func send(_ bytes: [UInt8], from: Opener) {
        var turn = LayerTurn()
        if from == .us {
            client.send(bytes.span.bytes, kind: 0, on: .first, now: .zero, &turn)
        } else {
            server.send(bytes.span.bytes, kind: 0, on: .first, now: .zero, &turn)
        }
        carry(from, turn)
    }
    mutating func close(from: Opener) {
        var turn = LayerTurn()
        if from == .us { client.close(now: .zero, &turn) } else { server.close(now: .zero, &turn) }
        carry(from, turn)
    }
}

@Suite struct TLSEndTests {
    @Test func bothSpeak() throws {
        var options = TLSOptions()
        options.applicationProtocols = ["http/1.1"]
        options.serverName = "host.example"
        let context = try TLSContext(options)
        var pair = try Pair(context, context)
        #expect(pair.clientSeen.speaks == "tls/http/1.1")
        #expect(pair.serverSeen.speaks == "tls/http/1.1")
        #expect(pair.clientSeen.events.first?.name == "secured")
        #expect(pair.client.deadline == nil)
        let long = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        pair.send(Array("hello".utf8), from: .us)
        pair.send(long, from: .them)
        pair.close(from: .us)
        #expect(pair.serverSeen.data == Array("hello".utf8))
        #expect(pair.clientSeen.data == long)
        #expect(pair.serverSeen.hasEnded && pair.serverSeen.isOver && pair.clientSeen.isOver)
        // Each side has at most five secrets, and both sides report the same.
        #expect(pair.secrets.count >= 4 && pair.secrets.all().allSatisfy { $0.connection.count == 32 })

        // An observer with these keys sees the same.
        let seen = Seen(pair.wire, pair.secrets)
        #expect(seen.data == Array("hello".utf8) + long)
        #expect(seen.speaks == ["tls.handshake", "tls/http/1.1", "tls.alert"])
        #expect(seen.remarks.isEmpty)
        #expect(seen.ends.contains(.us))
        let hello = try ClientHello(copying: Array(pair.wire[0].1.dropFirst(5)))
        #expect(
            hello.offer.extensions?.entries.compactMap(\.serverName).first?.host.string(in: RawSpan()) == "host.example"
        )
        #expect(
            Seen(pair.wire.map { ($0.0, Array($0.1.prefix(3000))) }.prefix(4) + [], pair.secrets, cut: 1).remarks
                .isEmpty)
    }
    /// A key log that was written and read also works.
    @Test func keyLog() throws {
        let context = try TLSContext()
        var pair = try Pair(context, context)
        pair.send([1, 2, 3], from: .us)
        let secrets = Secrets()
        var log = KeyLog("keys")
        log.read(try #require(pair.secrets.keyLog), into: secrets)
        #expect(log.takeComplaints().isEmpty)
        #expect(Seen(pair.wire, secrets).data == [1, 2, 3])
        #expect(Seen(pair.wire, Secrets()).data.isEmpty)
    }
    @Test func authorities() throws {
        let certificate = try #require(Certificate.selfSigned(names: ["host.example"]))
        var server = TLSOptions()
        server.certificate = certificate
        var client = TLSOptions()
        client.authorities = certificate.chain
        client.serverName = "host.example"
        var pair = try Pair(try TLSContext(client), try TLSContext(server))
        pair.send([1], from: .us)
        #expect(pair.serverSeen.data == [1])

        client.serverName = "other.example"
        pair = try Pair(try TLSContext(client), try TLSContext(server))
        #expect(pair.clientSeen.speaks == nil && pair.clientSeen.isOver)
        #expect(pair.clientSeen.events.first?.name == "refused")

        client.authorities = try #require(Certificate.selfSigned()).chain
        client.serverName = "host.example"
        pair = try Pair(try TLSContext(client), try TLSContext(server))
        #expect(pair.clientSeen.isOver)
        client.authorities = [1, 2, 3]
        #expect(throws: TLSError.self) { _ = try TLSContext(client) }
        server.certificate?.key = []
        #expect(throws: TLSError.self) { _ = try TLSContext(server) }
    }
    @Test func noCommonProtocol() throws {
        var (client, server) = (TLSOptions(), TLSOptions())
        client.applicationProtocols = ["a"]
        server.applicationProtocols = ["b"]
        let pair = try Pair(try TLSContext(client), try TLSContext(server))
        #expect(pair.clientSeen.isOver && pair.serverSeen.isOver)
    }
    @Test func noTLS() throws {
        let context = try TLSContext()
        let settings = try Definition.tls.settings()
        var server = TLSEnd(
            context, LayerOptions(.them, peer: .loopback(1), settings: settings, random: Random(seed: 1)))
        var (up, turn) = (LayerOutput(), LayerTurn())
        server.begin(now: .zero, &turn)
        _ = server.receive(Array("GET / HTTP/1.1\r\n\r\n".utf8).span.bytes, now: .zero, &up, &turn)
        #expect(turn.isOver)
        #expect(turn.events.first?.name == "refused")
        var client = TLSEnd(context, LayerOptions(.us, peer: .loopback(1), settings: settings, random: Random(seed: 1)))
        turn = LayerTurn()
        client.begin(now: .zero, &turn)
        #expect(client.deadline == Instant.zero + TLSEnd.handshakeTime)
        client.wake(now: .zero + TLSEnd.handshakeTime, &turn)
        #expect(turn.isOver)
    }
}
