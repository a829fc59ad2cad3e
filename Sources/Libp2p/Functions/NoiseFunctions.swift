import Crypto
public import Node
import Wire

/// Functions of scenario expressions that build and read Noise messages, and compute peer ids. Scenarios need them to send
/// wrong messages, because the harness's own end sends only correct ones. Frames include their length. Each function
/// computes its result from the private keys alone.
public let libp2pFunctions: [ProtocolFunction] = [
    function(
        "noise_says", taking: 1,
        usage:
            "(payload): its identity_key, identity_sig and stream_muxers, each null if it is missing; null if it is not a payload"
    ) { arguments, _ throws(ProtocolFunction.Refusal) in
        guard let read = try? NoisePayload(copying: try arguments[0].bytesArgument()) else { return .null }
        let muxers = read.extensions?.streamMuxers.map { Value.text($0.string(in: RawSpan())) }
        return .map([
            .init("identity_key", read.identityKey?.own.map { .bytes($0) } ?? .null),
            .init("identity_sig", read.identitySignature?.own.map { .bytes($0) } ?? .null),
            .init("stream_muxers", muxers.map { .list($0) } ?? .null),
        ])
    },
    function(
        "verifies", taking: 3,
        usage: "(encoded public key, bytes, signature): whether the signature is valid, for all key types"
    ) { arguments, _ throws(ProtocolFunction.Refusal) in
        guard let key = try? PublicKey(copying: try arguments[0].bytesArgument()) else { return .bool(false) }
        return .bool(key.verify(try arguments[2].bytesArgument(), of: try arguments[1].bytesArgument()) ?? false)
    },
    function("peer_id", taking: 1, usage: "(encoded public key): the peer id of its owner") {
        arguments, _ throws(ProtocolFunction.Refusal) in .bytes(PeerID(of: try arguments[0].bytesArgument()).bytes)
    },
    function("x25519", taking: 1, usage: "(private key): its public key") {
        arguments, _ throws(ProtocolFunction.Refusal) in
        .bytes(try noiseKey(arguments[0]).value ?? [])
    },
    function(
        "noise_payload", taking: 2,
        usage: "(identity key pair, static private key): a payload that proves the identity of their owner"
    ) { arguments, _ throws(ProtocolFunction.Refusal) in
        let identity = Identity(seed: try (arguments[0]["seed"] ?? .null).bytesArgument())
        var payload = NoisePayload()
        payload.identityKey = Bytes(identity.publicKey.encoded())
        let permanent = try noiseKey(arguments[1]).value ?? []
        payload.identitySignature = Bytes(identity.sign(NoisePayload.signaturePrefix + permanent))
        return .bytes(payload.encoded())
    },
    function(
        "noise_hello", taking: 1, usage: "(ephemeral private key): the first message of the handshake"
    ) { arguments, setting throws(ProtocolFunction.Refusal) in
        var own = handshake(.us, try noiseKey(arguments[0]))
        let hello = own.writeHello().encoded()
        setting.secrets?.add(own)
        return .bytes(hello)
    },
    function(
        "noise_answer", taking: 4, usage: "(static and ephemeral private keys, hello, payload): the second message"
    ) { arguments, setting throws(ProtocolFunction.Refusal) in
        var own = handshake(.them, try noiseKey(arguments[1]), try noiseKey(arguments[0]))
        let payload = try arguments[3].bytesArgument()
        let frame = try arguments[2].bytesArgument()
        return try authentic { () throws(NoiseHandshake.Failure) in
            try own.read(hello: frame)
            setting.secrets?.add(own)
            return .bytes(try own.writeAnswer(payload).encoded())
        }
    },
    function(
        "noise_final", taking: 4,
        usage:
            "(static and ephemeral private keys, answer, payload): frame: the third message; payload and static: the payload and static key of the answer; out and in: the keys of later frames; null if the answer is invalid"
    ) { arguments, setting throws(ProtocolFunction.Refusal) in
        var own = handshake(.us, try noiseKey(arguments[1]), try noiseKey(arguments[0]))
        let frame = try arguments[2].bytesArgument()
        let payload = try arguments[3].bytesArgument()
        return try authentic { () throws(NoiseHandshake.Failure) in
            _ = own.writeHello()
            setting.secrets?.add(own)
            let theirs = try own.read(answer: frame)
            let last = try own.writeFinal(payload).encoded()
            let keys = own.state.split()
            setting.secrets?.add(own, keys)
            return .map([
                .init("frame", .bytes(last)), .init("payload", .bytes(theirs)),
                .init("static", .bytes(own.responder.permanent.value ?? [])), .init("out", .bytes(keys.fromInitiator)),
                .init("in", .bytes(keys.toInitiator)),
            ])
        }
    },
    function(
        "noise_end", taking: 5,
        usage:
            "(static and ephemeral private keys, hello, payload of the answer, third message): payload and static: the payload and static key of the third message; out and in: the keys of later frames; null if that message is invalid"
    ) { arguments, setting throws(ProtocolFunction.Refusal) in
        var own = handshake(.them, try noiseKey(arguments[1]), try noiseKey(arguments[0]))
        let hello = try arguments[2].bytesArgument()
        let payload = try arguments[3].bytesArgument()
        let last = try arguments[4].bytesArgument()
        return try authentic { () throws(NoiseHandshake.Failure) in
            try own.read(hello: hello)
            _ = try own.writeAnswer(payload)
            let theirs = try own.read(final: last)
            let keys = own.state.split()
            setting.secrets?.add(own, keys)
            return .map([
                .init("payload", .bytes(theirs)), .init("static", .bytes(own.initiator.permanent.value ?? [])),
                .init("out", .bytes(keys.toInitiator)), .init("in", .bytes(keys.fromInitiator)),
            ])
        }
    },
    function(
        "noise_seal", taking: 3,
        usage:
            "(key, number, bytes): frames that hold the bytes, counted from this number; an empty frame if there are no bytes"
    ) { arguments, _ throws(ProtocolFunction.Refusal) in
        guard case .uint(let number) = arguments[1],
            let cipher = ChaCha20Poly1305(key: try arguments[0].bytesArgument()),
            var out = NoiseDirection(key: cipher.key, number: number)
        else { throw ProtocolFunction.Refusal("a key of 32 bytes and a number are expected") }
        let plain = try arguments[2].bytesArgument()
        var frames: [UInt8] = []
        if plain.isEmpty {
            var frame = NoiseFrame()
            var sealed: [UInt8] = []
            cipher.seal(plain.span.bytes, number: number, into: &sealed)
            frame.sealed = Bytes(sealed)
            frames = frame.encoded()
        }
        _ = out.seal(plain.span.bytes, into: &frames)
        return .bytes(frames)
    },
    function(
        "noise_open", taking: 2,
        usage:
            "(key, list of frames, counted from 0): the bytes in the frames; null if a frame is not encrypted with this key"
    ) { arguments, _ throws(ProtocolFunction.Refusal) in
        guard case .list(let frames) = arguments[1],
            var direction = NoiseDirection(key: try arguments[0].bytesArgument())
        else {
            throw ProtocolFunction.Refusal("a key of 32 bytes and a list of frames are expected")
        }
        var out: [UInt8] = []
        for frame in frames {
            let all = try frame.bytesArgument()
            guard all.count >= NoiseFrame.headerSize else { return .null }
            guard direction.open(all.span.bytes.extracting(NoiseFrame.headerSize...), into: &out) else { return .null }
        }
        return .bytes(out)
    },
]

private func function(
    _ name: String, taking count: Int, usage: String,
    _ body: @escaping @Sendable ([Value], ProtocolFunction.Setting) throws(ProtocolFunction.Refusal) -> Value
) -> ProtocolFunction {
    ProtocolFunction("libp2p.\(name)", arguments: count...count, usage: "libp2p.\(name)\(usage)", inCase: body)
}
private func noiseKey(_ value: Value) throws(ProtocolFunction.Refusal) -> NoiseHandshake.Key {
    let key = NoiseHandshake.Key(secret: try value.bytesArgument())
    guard key.value != nil else { throw ProtocolFunction.Refusal("a private key of 32 bytes is expected") }
    return key
}
private func handshake(
    _ side: Opener, _ ephemeral: NoiseHandshake.Key, _ permanent: NoiseHandshake.Key = NoiseHandshake.Key()
) -> NoiseHandshake {
    var own = NoiseHandshake()
    let keys = NoiseHandshake.Keys(ephemeral: ephemeral, permanent: permanent)
    if side == .us { own.initiator = keys } else { own.responder = keys }
    return own
}
/// Returns null if the message of the node cannot be read, because the scenario judges that.
private func authentic(
    _ body: () throws(NoiseHandshake.Failure) -> Value
) throws(ProtocolFunction.Refusal) -> Value {
    do throws(NoiseHandshake.Failure) { return try body() } catch { return .null }
}

extension NoiseHandshake {
    fileprivate mutating func read(hello frame: [UInt8]) throws(Failure) {
        guard let hello = try? NoiseHello(copying: frame) else { throw .notAuthentic("hello") }
        try readHello(hello.ephemeral.array, hello.payload.own ?? [])
    }
    fileprivate mutating func read(answer frame: [UInt8]) throws(Failure) -> [UInt8] {
        guard let answer = try? NoiseAnswer(copying: frame) else { throw .notAuthentic("answer") }
        return try readAnswer(answer.ephemeral.array, answer.staticKey.array, answer.payload.own ?? [])
    }
    fileprivate mutating func read(final frame: [UInt8]) throws(Failure) -> [UInt8] {
        guard let last = try? NoiseFinal(copying: frame) else { throw .notAuthentic("final") }
        return try readFinal(last.staticKey.array, last.payload.own ?? [])
    }
}
