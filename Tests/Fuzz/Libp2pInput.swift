import Capture
import Node
import Wire

@testable import Gossipsub
@testable import Libp2p

/// The layers of libp2p and the messages above them: in a capture, as input of both ends of a connection, and alone.
enum Libp2pInput {
    private static let pubsub = "/meshsub/1.2.0"
    private static let names = [pubsub, ProtocolID.identify, ProtocolID.ping, ProtocolID.identifyPush]
    private static func token(_ text: String) -> [UInt8] { MultistreamToken(text).encoded() }
    /// Returns the tokens by which a side agrees on a protocol.
    private static func agreed(_ id: String) -> [UInt8] { token(ProtocolID.multistream) + token(id) }

    /// A Noise handshake: the messages of each side, and the keys that encrypt the data after it.
    private struct Noise {
        var said: (client: [UInt8], server: [UInt8]) = ([], [])
        var keys: (client: [UInt8], server: [UInt8]) = ([], [])
        var secrets = Secrets()
    }
    private static let noise: Noise = {
        func keys(_ seed: UInt8) -> NoiseHandshake.Keys {
            NoiseHandshake.Keys(
                ephemeral: .init(secret: [UInt8](repeating: seed, count: 32)),
                permanent: .init(secret: [UInt8](repeating: seed + 1, count: 32)))
        }
        func payload(_ seed: UInt8, _ keys: NoiseHandshake.Keys) -> [UInt8] {
            let identity = Identity(seed: [UInt8](repeating: seed, count: 32))
            var payload = NoisePayload()
            payload.identityKey = Bytes(identity.publicKey.encoded())
            payload.identitySignature = Bytes(
                identity.sign(NoisePayload.signaturePrefix + (keys.permanent.value ?? [])))
            return payload.encoded()
        }
        var (client, server, made) = (NoiseHandshake(), NoiseHandshake(), Noise())
        (client.initiator, server.responder) = (keys(1), keys(3))
        let hello = client.writeHello()
        try? server.readHello(hello.ephemeral.array, [])
        guard let answer = try? server.writeAnswer(payload(5, server.responder)),
            (try? client.readAnswer(answer.ephemeral.array, answer.staticKey.array, answer.payload.array())) != nil,
            let last = try? client.writeFinal(payload(6, client.initiator))
        else { return made }
        made.said = (hello.encoded() + last.encoded(), answer.encoded())
        let split = client.state.split()
        made.keys = (split.fromInitiator, split.toInitiator)
        made.secrets.add(Secret(NoiseSecret.fromInitiator, of: hello.ephemeral.array, split.fromInitiator))
        made.secrets.add(Secret(NoiseSecret.fromResponder, of: hello.ephemeral.array, split.toInitiator))
        return made
    }()

    /// Decodes a connection from a capture. The first byte selects the layers that are agreed on before the pieces:
    /// security, the muxer, and a pubsub stream of each side, on which the pieces are RPCs. It also selects Noise or
    /// plaintext, and the muxer.
    static func capture(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let (isNoise, isMplex) = (first & 4 != 0, first & 8 != 0)
        var inner: (client: [UInt8], server: [UInt8]) = ([], [])
        var pieces = Array(input[1...])
        if first & 3 > 0 {
            let muxer = isMplex ? ProtocolID.mplex : ProtocolID.yamux
            inner = (agreed(muxer), agreed(muxer))
        }
        if first & 3 == 3 {
            // Each side opens its first stream for pubsub. The other side only agrees.
            inner.client += frame(isMplex, .us, isOpening: true, agreed(pubsub)) + frame(isMplex, .them, agreed(pubsub))
            inner.server += frame(isMplex, .us, agreed(pubsub)) + frame(isMplex, .them, isOpening: true, agreed(pubsub))
            pieces = wrapped(pieces) { isClient, bytes in
                let rpc = [UInt8](bytes.prefix(1 << 14))
                var message = RPC()
                message.length = Derived(UInt32(rpc.count))
                let head = Array(message.encoded().prefix(Varint.size(UInt64(rpc.count))))
                return frame(isMplex, isClient ? .us : .them, head + rpc)
            }
        }
        var heads: (client: [UInt8], server: [UInt8]) = ([], [])
        if first & 16 == 0 || first & 3 > 0 {
            let security = isNoise ? ProtocolID.noise : ProtocolID.plaintext
            heads = (agreed(security), agreed(security))
            if isNoise {
                heads.client += noise.said.client
                heads.server += noise.said.server
                var numbers: [Bool: UInt64] = [:]
                func seal(_ isClient: Bool, _ bytes: [UInt8]) -> [UInt8] {
                    guard !bytes.isEmpty else { return [] }
                    var (direction, out) = (
                        NoiseDirection(
                            key: isClient ? noise.keys.client : noise.keys.server, number: numbers[isClient] ?? 0),
                        [UInt8]()
                    )
                    _ = direction?.seal(bytes.span.bytes, into: &out)
                    numbers[isClient, default: 0] += 1
                    return out
                }
                heads.client += seal(true, inner.client)
                heads.server += seal(false, inner.server)
                if first & 3 > 0 || first & 32 != 0 { pieces = wrapped(pieces, seal) }
            } else {
                let exchange = { PlaintextExchange(Identity(seed: [UInt8](repeating: $0, count: 32))).encoded() }
                heads.client += exchange(5) + inner.client
                heads.server += exchange(6) + inner.server
            }
        }
        StreamInput.run(pieces, .gossipsub, port: 4001, before: heads, noise.secrets)
    }
    /// Returns the pieces of an input, each wrapped by `body`.
    private static func wrapped(_ input: [UInt8], _ body: (Bool, [UInt8]) -> [UInt8]) -> [UInt8] {
        var rest = input[...]
        var out: [UInt8] = []
        while let piece = PacketInput.next(&rest) {
            let whole = body(piece.flags & 1 == 0, piece.bytes)
            guard whole.count < 1 << 16 else { continue }
            out += [piece.flags, UInt8(whole.count & 0xff), UInt8(whole.count >> 8)] + whole
        }
        return out
    }
    /// Returns a frame with bytes of the first stream that `opener` opened.
    private static func frame(
        _ isMplex: Bool, _ opener: Opener, isOpening: Bool = false, _ bytes: [UInt8]
    ) -> [UInt8] {
        guard !isMplex else {
            let opening = isOpening ? MplexFrame(.newStream, stream: 0).encoded() : []
            // The flag identifies the stream: a side that sends on its own stream is the initiator.
            return opening
                + MplexFrame(isOpening || opener == .us ? .messageInitiator : .messageReceiver, stream: 0, bytes)
                .encoded()
        }
        var frame = YamuxFrame(.data, flags: isOpening ? YamuxFlags.syn : 0, stream: opener == .us ? 1 : 2)
        frame.length = Derived(UInt32(bytes.count))
        frame.payload = Bytes(bytes)
        return frame.encoded()
    }

    /// Gives the pieces of an input to both ends of a connection as bytes of the other side. The first byte selects
    /// the protocols that the ends offer. The flags of a piece select the receiver and the kind of the piece: time
    /// that passes, a stream to open, or bytes.
    static func ends(_ input: [UInt8]) {
        guard let first = input.first else { return }
        var options = Libp2pOptions()
        options.security = [first & 1 == 0 ? ProtocolID.plaintext : ProtocolID.noise]
        options.muxers = [first & 2 == 0 ? ProtocolID.yamux : ProtocolID.mplex]
        options.offersMuxersEarly = first & 4 == 0
        options.protocols = [pubsub]
        let stack = LayerStack.libp2p(options) { $0 == pubsub ? "gossipsub" : nil }
        var parties = [Opener.us, .them].compactMap { Party(stack, $0) }
        guard parties.count == 2 else { return Property.check(false, "no ends") }
        // For some inputs the ends first agree on all layers.
        if first & 8 == 0 {
            for _ in 0..<12 {
                for i in 0...1 {
                    let bytes = parties[1 - i].take()
                    parties[i].receive(bytes)
                }
            }
        }
        var rest = input.dropFirst()[...]
        while let (flags, bytes) = PacketInput.next(&rest) {
            let i = Int(flags & 1)
            switch flags >> 1 & 7 {
            case 0: parties[i].pass(.milliseconds(Int64(bytes.first ?? 1) * 500))
            case 1: parties[i].open(names[Int(bytes.first ?? 0) % names.count])
            case 2: parties[i].receive(parties[1 - i].take())
            case 3: parties[i].send(bytes)
            default: parties[i].receive(bytes)
            }
        }
        for i in 0...1 {
            parties[i].pass(.seconds(120))
            parties[i].close()
        }
    }
    private struct Party: Timed {
        private var ends: LayerEnds
        var now = Instant.zero
        private var down: [UInt8] = []
        private var isOver = false
        private var paths: [[ChannelID]] = []

        init?(_ stack: LayerStack, _ opener: Opener) {
            guard let settings = try? Definition.gossipsub.settings() else { return nil }
            let plan = LayerEnds.Plan(
                stack, peer: .loopback(1), settings, Random(seed: opener == .us ? 1 : 2))
            guard let ends = LayerEnds(plan, opener) else { return nil }
            self.ends = ends
            act { $0.begin($1, &$2) }
        }
        private mutating func act(_ body: (inout LayerEnds, Instant, inout LayerTurn) -> Void) {
            guard !isOver else { return }
            var turn = LayerTurn()
            body(&ends, now, &turn)
            down += turn.down
            isOver = turn.isOver
            Property.check(down.count < 64 << 20, "says \(down.count) bytes")
        }
        mutating func take() -> [UInt8] {
            defer { down = [] }
            return down
        }
        mutating func receive(_ bytes: [UInt8]) {
            act { ends, now, turn in
                var content: [LayerContent] = []
                ends.receive(bytes.span.bytes, at: now, into: &content, in: &turn)
            }
        }
        mutating func open(_ id: String) {
            var path: [ChannelID]?
            act { path = $0.open(id, in: [], $1, &$2) }
            if let path { paths.append(path) }
        }
        mutating func send(_ bytes: [UInt8]) {
            guard let path = paths.last else { return }
            act { _ = $0.send(bytes, kind: 0, into: "gossipsub", in: path[...], $1, &$2) }
        }
        var due: Instant? { isOver ? nil : ends.deadline }
        mutating func wake() { act { $0.wake($1, &$2) } }
        mutating func close() { act { $0.close($1, &$2) } }
    }

    /// Checks that a stream of RPCs gives the same RPCs wherever it is cut, and that an RPC is written as it was
    /// read.
    static func rpcs(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let stream = Array(input[1...])
        let (whole, failure) = read(stream, pieces: max(1, stream.count))
        let (cut, again) = read(stream, pieces: 1 + Int(first & 31))
        Property.check(whole == cut && failure == again, "in pieces: \(whole.count) \(cut.count)")
        for rpc in whole {
            let written = rpc.encoded()
            let back = try? RPCContent(copying: written)
            Property.check(back == rpc, "written as \(written.hex)")
            for message in rpc.publish { _ = message.isSigned }
            for peer in rpc.control?.prune.flatMap(\.peers) ?? [] { _ = peer.fault }
        }
    }
    private static func read(_ stream: [UInt8], pieces: Int) -> ([RPCContent], RPCReader.Failure?) {
        var (reader, all) = (RPCReader(), [RPCContent]())
        for start in stride(from: 0, to: stream.count, by: pieces) {
            do throws(RPCReader.Failure) {
                try reader.take(Array(stream[start..<min(stream.count, start + pieces)])) { rpc, _ in all.append(rpc) }
            } catch {
                return (all, error)
            }
        }
        return (all, nil)
    }

    /// Checks that names, addresses, keys and signed data read the same after they are written.
    static func identities(_ input: [UInt8]) {
        let text = String(decoding: input, as: UTF8.self)
        if let peer = PeerID(text) ?? PeerID(input) {
            Property.check(PeerID(peer.description) == peer && PeerID(peer.cid) == peer, "peer \(peer.bytes.hex)")
        }
        if let address = Multiaddr(text) ?? Multiaddr(bytes: input) {
            Property.check(Multiaddr(bytes: address.bytes) == address, "address \(address.bytes.hex)")
            Property.check(Multiaddr(address.description) == address, "address \(address)")
            _ = (address.peer, address.endpoint)
        }
        if let key = try? PublicKey(copying: input) {
            _ = (key.isWellFormed, key.verify(input, of: input))
        }
        if let envelope = try? Envelope(copying: input) {
            _ = envelope.isGood(in: PeerRecord.domain)
            Property.check((try? Envelope(copying: envelope.encoded())) == envelope, "an envelope")
        }
        if let identify = try? IdentifyContent(copying: input) {
            Property.check((try? IdentifyContent(copying: identify.encoded())) == identify, "identify")
        }
    }
}
