import Crypto
import Testing
import VectorFiles
import Wire

@testable import Libp2p
@testable import Node

/// A complete connection between two py-libp2p nodes, with its keys.
enum Transcript {
    static let fields = Transcript.load()
    static func bytes(_ name: String) -> [UInt8] { hex(fields[name] ?? "") }
    static func frames(_ name: String) -> [[UInt8]] {
        (fields[name] ?? "").split(separator: " ").map { [UInt8](hex: $0) ?? [] }
    }
    private static func load() -> [String: String] {
        var out: [String: String] = [:]
        for line in Vector.content(Vector.path("Vectors/libp2p/noise_transcript.txt")).split(separator: "\n")
        where !line.hasPrefix("#") {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { out[String(parts[0])] = String(parts[1].drop { $0 == " " }) }
        }
        return out
    }
    static var secrets: [Secret] {
        let e = bytes("initiator_ephemeral_public")
        return [
            Secret(NoiseSecret.fromInitiator, of: e, bytes("key_from_initiator")),
            Secret(NoiseSecret.fromResponder, of: e, bytes("key_from_responder")),
            Secret(NoiseSecret.initiatorStatic, of: e, bytes("initiator_static")),
            Secret(NoiseSecret.initiatorEphemeral, of: e, bytes("initiator_ephemeral")),
            Secret(NoiseSecret.responderStatic, of: e, bytes("responder_static")),
            Secret(NoiseSecret.responderEphemeral, of: e, bytes("responder_ephemeral")),
        ]
    }
    static var turns: [(Opener, [UInt8])] {
        [(.us, bytes("message_1")), (.them, bytes("message_2")), (.us, bytes("message_3"))]
            + frames("frames_from_initiator").map { (.us, $0) } + frames("frames_from_responder").map { (.them, $0) }
    }
}

@Suite struct NoiseTests {
    private func keys(_ side: String) -> NoiseHandshake.Keys {
        NoiseHandshake.Keys(
            ephemeral: .init(secret: Transcript.bytes(side + "_ephemeral")),
            permanent: .init(secret: Transcript.bytes(side + "_static")))
    }
    private func payload(_ bytes: [UInt8]) throws -> NoisePayload { try NoisePayload(copying: bytes) }

    /// Our code reproduces both sides: the messages byte by byte, the hash and the keys.
    @Test func transcript() throws {
        let (one, two, three) = (
            Transcript.bytes("message_1"), Transcript.bytes("message_2"), Transcript.bytes("message_3")
        )
        var initiator = NoiseHandshake()
        initiator.initiator = keys("initiator")
        var responder = NoiseHandshake()
        responder.responder = keys("responder")
        #expect(initiator.initiator.permanent.value == Transcript.bytes("initiator_static_public"))
        let written = initiator.writeHello().encoded()
        #expect(written == one)
        let hello = try NoiseHello(copying: one)
        try responder.readHello(hello.ephemeral.array, hello.payload.array())
        let answer = try NoiseAnswer(copying: two)
        // An observer with the keys of the initiator can read the payload of the responder.
        let said = try initiator.readAnswer(answer.ephemeral.array, answer.staticKey.array, answer.payload.array())
        let answered = try responder.writeAnswer(said).encoded()
        #expect(answered == two)
        let third = try NoiseFinal(copying: three)
        var reader = responder
        let last = try reader.readFinal(third.staticKey.array, third.payload.array())
        let finished = try initiator.writeFinal(last).encoded()
        #expect(finished == three)
        for state in [initiator.state, reader.state] {
            #expect(state.hash == Transcript.bytes("handshake_hash"))
            let keys = state.split()
            #expect(keys.fromInitiator == Transcript.bytes("key_from_initiator"))
            #expect(keys.toInitiator == Transcript.bytes("key_from_responder"))
        }
        for (bytes, keys) in [(said, initiator.responder), (last, reader.initiator)] {
            let read = try payload(bytes)
            let key = try PublicKey(copying: try #require(read.identityKey?.own))
            let signed = Array("noise-libp2p-static-key:".utf8) + (keys.permanent.value ?? [])
            #expect(key.verify(try #require(read.identitySignature?.own), of: signed) == true)
            #expect(key.verify(try #require(read.identitySignature?.own), of: signed + [0]) == false)
        }
    }
    /// The layer decrypts the same stream from transport keys alone, from the private keys of one side alone, and from
    /// all keys, at every cut.
    @Test(arguments: [["KEY"], ["INITIATOR"], ["RESPONDER"], [""]])
    func layer(known: [String]) {
        for pieces in [1, 3, 100, .max] {
            let secrets = Secrets()
            for secret in Transcript.secrets {
                let isKey = secret.label.hasPrefix("NOISE_KEY")
                let isWanted = known == ["KEY"] ? isKey : secret.label.hasSuffix(known[0]) && (known == [""] || !isKey)
                if isWanted { secrets.add(secret) }
            }
            let seen = Watched(NoiseLayer(secrets), Transcript.turns, pieces: pieces)
            #expect(seen.items == [.begins(.first, by: .us, speaks: LayerName.muxer)] && seen.remarks.isEmpty)
            #expect(seen.carried["0>"]?.prefix(34) == (token("/multistream/1.0.0") + token("/yamux/1.0.0"))[...])
            #expect(seen.carried["0<"]?.prefix(34) == (token("/multistream/1.0.0") + token("/yamux/1.0.0"))[...])
            #expect(seen.units.count == 23 && seen.rest.values.allSatisfy(\.isEmpty))
        }
    }
    /// Without keys the layer reports the frames, and the reason why it cannot decrypt them. It reports a changed frame
    /// too.
    @Test func layerWithoutKeys() {
        let seen = Watched(NoiseLayer(), Transcript.turns)
        #expect(seen.units.count == 23 && seen.items.isEmpty && seen.remarks.count == 1)
        let secrets = Secrets()
        for secret in Transcript.secrets { secrets.add(secret) }
        var turns = Transcript.turns
        turns[4].1[5] ^= 1
        let spoilt = Watched(NoiseLayer(secrets), turns)
        #expect(spoilt.remarks.count == 1 && spoilt.carried["0<"]?.isEmpty == false)
        #expect(spoilt.carried["0>"] == token("/multistream/1.0.0"))
    }
    /// The layer refuses messages that are too short, and waits if a side sends too early.
    @Test func layerRefuses() {
        #expect(Watched(NoiseLayer(), [(.us, hex("001f"))]).refusals.count == 1)
        #expect(Watched(NoiseLayer(), [(.them, hex("0020"))]).units.isEmpty)
        let early = Watched(NoiseLayer(), [(.us, Transcript.bytes("message_1") + Transcript.bytes("message_3"))])
        #expect(early.units.count == 1)
    }
    private func stack(_ seed: UInt8, muxers: [String], early: Bool = true) -> LayerStack {
        var options = Libp2pOptions()
        options.identity = Identity(seed: [UInt8](repeating: seed, count: 32))
        (options.security, options.muxers, options.offersMuxersEarly) = ([ProtocolID.noise], muxers, early)
        options.protocols = ["/chat"]
        return .libp2p(options) { $0 == "/chat" ? "chat" : nil }
    }
    /// Two ends complete the handshake at any cut. An observer with the secrets that they log can read their data.
    @Test func ends() throws {
        for (early, pieces) in [(true, Int.max), (true, 1), (false, 3)] {
            let secrets = Secrets()
            var talk = Talk(
                stack(1, muxers: [ProtocolID.yamux, ProtocolID.mplex], early: early),
                stack(2, muxers: [ProtocolID.mplex, ProtocolID.yamux]), secrets: secrets)
            talk.pieces = pieces
            talk.begin()
            #expect(talk.names(.us).contains("secured") && talk.names(.them).contains("secured"))
            let opened = talk.open(.us, "/chat")
            let path = try #require(opened)
            let long = [UInt8](repeating: 7, count: 100_000)
            let sent = [talk.send(.us, long, "chat", path), talk.send(.them, [1, 2, 3], "chat", path)]
            #expect(sent == [true, true])
            #expect(talk.bytes(.them, "chat") == long && talk.bytes(.us, "chat") == [1, 2, 3])
            let negotiation = token("/multistream/1.0.0") + token("/noise")
            let turns = talk.turns
            let up = turns.filter { $0.0 == .us }.flatMap(\.1).dropFirst(negotiation.count)
            let down = turns.filter { $0.0 == .them }.flatMap(\.1).dropFirst(negotiation.count)
            let seen = Watched(NoiseLayer(secrets), [(.us, Array(up)), (.them, Array(down))], pieces: 4096)
            #expect(seen.items == [.begins(.first, by: .us, speaks: early ? ProtocolID.yamux : LayerName.muxer)])
            #expect(seen.carried["0>"]?.count ?? 0 > long.count && seen.refusals.isEmpty && seen.remarks.isEmpty)
        }
    }
    /// The handshake fails if the ends have no common muxer, or if the peer is not the one in the address. It also
    /// fails for a signature of another key, and for changed messages.
    @Test func endsFail() {
        var talk = Talk(stack(1, muxers: [ProtocolID.yamux]), stack(2, muxers: [ProtocolID.mplex]))
        talk.begin()
        #expect(talk.over.contains(.us) && !talk.names(.us).contains("secured"))
        let peer = Identity(seed: [UInt8](repeating: 2, count: 32)).peer
        let other = Identity(seed: [UInt8](repeating: 3, count: 32)).peer
        for (id, isGood) in [(peer, true), (other, false)] {
            var talk = Talk(
                stack(1, muxers: [ProtocolID.yamux]), stack(2, muxers: [ProtocolID.yamux]),
                target: "/ip4/127.0.0.1/tcp/1/p2p/\(id)")
            talk.begin()
            #expect(talk.names(.us).contains("secured") == isGood && talk.over.contains(.us) != isGood)
        }
        let options = LayerOptions(
            .us, peer: .loopback(1), settings: Settings(profile: "", values: [:]), random: Random(seed: 1))
        for at in [2, 40, 100, 150] {
            var (us, them) = (
                NoiseEnd(nil, options),
                NoiseEnd(
                    nil,
                    {
                        var own = options
                        own.opener = .them
                        return own
                    }())
            )
            var (turn, back, up) = (LayerTurn(), LayerTurn(), LayerOutput())
            us.begin(now: .zero, &turn)
            them.begin(now: .zero, &back)
            _ = them.receive(turn.down.span.bytes, now: .zero, &up, &back)
            back.down[at] ^= 1
            _ = us.receive(back.down.span.bytes, now: .zero, &up, &turn)
            #expect(turn.isOver && up.items.isEmpty && us.deadline == nil)
        }
    }
    /// The initiator rejects a responder whose identity did not sign its static key, or that sends no identity.
    @Test func forgedIdentity() throws {
        let identity = Identity(seed: [UInt8](repeating: 4, count: 32))
        let options = LayerOptions(
            .us, peer: .loopback(1), settings: Settings(profile: "", values: [:]), random: Random(seed: 1))
        for forgery in ["none", "signature", "key", "empty"] {
            var (end, turn, up) = (NoiseEnd(nil, options), LayerTurn(), LayerOutput())
            end.begin(now: .zero, &turn)
            var handshake = NoiseHandshake()
            handshake.responder = keys("responder")
            try handshake.readHello(Array(turn.down.dropFirst(2)), [])
            var payload = NoisePayload()
            let signed = NoisePayload.signaturePrefix + (handshake.responder.permanent.value ?? [])
            payload.identityKey = Bytes(identity.publicKey.encoded())
            payload.identitySignature = Bytes(identity.sign(forgery == "signature" ? signed + [0] : signed))
            if forgery == "key" {
                payload.identityKey = Bytes(Identity(seed: [UInt8](repeating: 5, count: 32)).publicKey.encoded())
            }
            if forgery == "empty" { payload = NoisePayload() }
            let answer = try handshake.writeAnswer(payload.encoded()).encoded()
            _ = end.receive(answer.span.bytes, now: .zero, &up, &turn)
            #expect(turn.isOver == (forgery != "none") && up.items.isEmpty == turn.isOver, "\(forgery)")
        }
    }
    /// A frame that is repeated or out of order ends the connection, and so does a key of small order.
    @Test func swappedFrames() throws {
        let key = [UInt8](repeating: 9, count: 32)
        var out = try #require(NoiseDirection(key: key))
        var frames: [[UInt8]] = []
        for n in UInt8(0)..<3 {
            var frame: [UInt8] = []
            let content = [n]
            let sealed = out.seal(content.span.bytes, into: &frame)
            #expect(sealed)
            frames.append(Array(frame.dropFirst(2)))
        }
        var (inward, made) = (try #require(NoiseDirection(key: key)), [UInt8]())
        var opened: [Bool] = []
        for i in [0, 0, 2, 1] {
            let frame = frames[i]
            opened.append(inward.open(frame.span.bytes, into: &made))
        }
        #expect(opened == [true, false, false, true] && made == [0, 1])
        var last = try #require(NoiseDirection(key: key, number: NoiseDirection.lastNumber))
        var sealed: [UInt8] = []
        var ends: [Bool] = []
        for _ in 0..<2 { ends.append(last.seal(key.span.bytes, into: &sealed)) }
        #expect(ends == [true, false])
        // The reserved number is not accepted when reading either.
        var (reserved, plain) = ([UInt8](), [UInt8]())
        try #require(ChaCha20Poly1305(key: key)).seal(key.span.bytes, number: .max, into: &reserved)
        var beyond = try #require(NoiseDirection(key: key, number: .max))
        let isRead = [beyond.open(reserved.span.bytes, into: &plain)]
        #expect(isRead == [false] && plain.isEmpty)
        #expect(X25519.secret(key, [UInt8](repeating: 0, count: 32)) == nil)
    }
}
