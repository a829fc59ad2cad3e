public import Node
import Wire

/// One end of Noise: the initiator if we opened the stream below, otherwise the responder.
///
/// The channel `first` begins when the handshake is complete. It carries the first muxer in the initiator's order that both
/// sides offer. If a side offers none, the channel begins with the negotiation of a muxer. Secrets are added to
/// `LayerOptions.secrets`. An invalid message ends the connection without an answer, as the specification requires.
public struct NoiseEnd: LayerEnd {
    private enum Stage {
        case hello
        case answer
        case final
        case open
        case over
    }
    private let opener: Opener
    private let identity: Identity
    private let muxers: [String]
    private let fault: Libp2pFault?
    /// The required id of the other side; nil if any peer is accepted.
    private let wanted: PeerID?
    private let secrets: Secrets?
    private var handshake = NoiseHandshake()
    private var stage = Stage.hello
    private var reader = UnitReader()
    private var inward: NoiseDirection?
    private var outward: NoiseDirection?
    public private(set) var deadline: Instant?
    /// The id of the other side, once the handshake has proved it.
    public private(set) var peer: PeerID?

    /// The maximum time from the beginning of the connection until the handshake is complete.
    public static let handshakeTime = Duration.seconds(60)

    /// Creates an end of a connection. It offers `muxers` in the handshake. Without `identity` it uses the identity of
    /// `options`, or a random one. If the target of the options ends with a peer id, the other side must have this id.
    public init(
        _ identity: Identity?, muxers: [String] = [], fault: Libp2pFault? = nil, _ options: LayerOptions
    ) {
        var random = options.random
        (opener, secrets, self.muxers, self.fault) = (options.opener, options.secrets, muxers, fault)
        if fault == .noiseOtherName { handshake = NoiseHandshake(name: "Noise_XX_25519_ChaChaPoly_SHA512") }
        let own = random.bytes(32)
        self.identity = identity ?? Identity(seed: options.identity ?? own)
        wanted = options.opener == .us && fault != .dialsAnybody ? EndTarget(options.target).peer : nil
        let permanent = NoiseHandshake.Key(secret: random.bytes(32))
        let ephemeral = NoiseHandshake.Key(secret: random.bytes(32))
        if opener == .us {
            handshake.initiator = NoiseHandshake.Keys(ephemeral: ephemeral, permanent: permanent)
        } else {
            handshake.responder = NoiseHandshake.Keys(ephemeral: ephemeral, permanent: permanent)
        }
    }
    public mutating func begin(now: Instant, _ turn: inout LayerTurn) {
        deadline = now + Self.handshakeTime
        guard opener == .us else { return }
        let early = fault == .noiseEarlyPayload ? payload(handshake.initiator) : []
        handshake.writeHello(early).encode(appendingTo: &turn.down)
        stage = .answer
    }
    public mutating func receive(
        _ bytes: RawSpan, now: Instant, _ up: inout LayerOutput, _ turn: inout LayerTurn
    ) -> Int {
        var at = 0
        do {
            switch stage {
            case .hello:
                try take(NoiseHello.self, from: bytes, at: &at) { end, hello, unit throws(NoiseHandshake.Failure) in
                    try end.handshake.readHello(hello.ephemeral.array, hello.payload.array(in: unit))
                    let answer = try end.handshake.writeAnswer(end.payload(end.handshake.responder))
                    answer.encode(appendingTo: &turn.down)
                    end.stage = .final
                }
            case .answer:
                try take(NoiseAnswer.self, from: bytes, at: &at) { end, answer, unit throws(NoiseHandshake.Failure) in
                    let theirs = try end.handshake.readAnswer(
                        answer.ephemeral.array, answer.staticKey.array, answer.payload.array(in: unit))
                    let offered = try end.check(theirs, end.handshake.responder)
                    let last = try end.handshake.writeFinal(end.payload(end.handshake.initiator))
                    last.encode(appendingTo: &turn.down)
                    try end.agree(offered, &up, &turn)
                }
            case .final:
                try take(NoiseFinal.self, from: bytes, at: &at) { end, last, unit throws(NoiseHandshake.Failure) in
                    let theirs = try end.handshake.readFinal(last.staticKey.array, last.payload.array(in: unit))
                    try end.agree(try end.check(theirs, end.handshake.initiator), &up, &turn)
                }
            case .open:
                try take(NoiseFrame.self, from: bytes, at: &at) { end, _, unit throws(NoiseHandshake.Failure) in
                    let start = up.made.count
                    let sealed = unit.extracting(NoiseFrame.headerSize...)
                    guard end.inward?.open(sealed, into: &up.made) == true else { throw .notAuthentic("frame") }
                    guard up.made.count > start else { return }
                    up.append(.made(.first, start..<up.made.count, unit: 0..<0))
                }
            case .over: return bytes.byteCount
            }
        } catch {
            fail(error, &turn)
            return bytes.byteCount
        }
        return at
    }
    private mutating func take<M: Message>(
        _ type: M.Type, from bytes: RawSpan, at: inout Int,
        _ body: (inout Self, M, RawSpan) throws(NoiseHandshake.Failure) -> Void
    ) throws(NoiseHandshake.Failure) {
        var reader = self.reader
        self.reader = UnitReader()
        var failure: NoiseHandshake.Failure?
        let result = reader.next(type, in: bytes, at: &at) { message, unit in
            do throws(NoiseHandshake.Failure) { try body(&self, message, unit) } catch { failure = error }
        }
        self.reader = reader
        if case .refused(let error) = result { failure = .notAuthentic(error.description) }
        if let failure { throw failure }
    }
    /// Returns the payload that proves this side's identity.
    private func payload(_ keys: NoiseHandshake.Keys) -> [UInt8] {
        var payload = NoisePayload()
        payload.identityKey = Bytes(identity.publicKey.encoded())
        payload.identitySignature = Bytes(
            identity.sign((fault == .noiseNoPrefix ? [] : NoisePayload.signaturePrefix) + (keys.permanent.value ?? [])))
        if !muxers.isEmpty {
            var extensions = NoiseExtensions()
            extensions.streamMuxers = muxers.map { Text($0) }
            payload.extensions = extensions
        }
        return payload.encoded()
    }
    /// Checks the payload and the identity of the other side. Returns the muxers that it offers.
    private mutating func check(
        _ payload: [UInt8], _ keys: NoiseHandshake.Keys
    ) throws(NoiseHandshake.Failure) -> [String] {
        guard let read = try? NoisePayload(copying: payload), let key = read.identityKey?.own,
            let signature = read.identitySignature?.own, let identity = try? PublicKey(copying: key)
        else { throw .notAuthentic("identity") }
        let signed = NoisePayload.signaturePrefix + (keys.permanent.value ?? [])
        guard identity.verify(signature, of: signed) == true || fault == .noiseAnySignature else {
            throw .notAuthentic("identity_sig")
        }
        if fault == .noiseStrict {
            let isKnown = read.unknown.items.isEmpty && read.extensions?.unknown.items.isEmpty ?? true
            guard isKnown else { throw .notAuthentic("unknown fields") }
        }
        let peer = PeerID(of: key)
        if let wanted, wanted != peer { throw .notAuthentic("peer id \(peer)") }
        self.peer = peer
        return (read.extensions?.streamMuxers ?? []).map { $0.string(in: RawSpan()) }
    }
    /// Returns the first muxer of the initiator that the responder offers too; nil if they have none in common.
    static func muxer(_ initiator: [String], _ responder: [String]) -> String? {
        initiator.first { responder.contains($0) }
    }
    private func muxer(_ offered: [String]) -> String? {
        switch fault {
        case .noiseLastMuxer: offered.last { muxers.contains($0) }
        case .noiseOwnOrder where opener == .them: Self.muxer(muxers, offered)
        default: opener == .us ? Self.muxer(muxers, offered) : Self.muxer(offered, muxers)
        }
    }
    private mutating func agree(
        _ offered: [String], _ up: inout LayerOutput, _ turn: inout LayerTurn
    ) throws(NoiseHandshake.Failure) {
        var agreed = muxer(offered)
        if agreed == nil, !muxers.isEmpty, !offered.isEmpty {
            guard fault == .noiseNoOverlap else { throw .noMuxerInCommon(offered) }
            agreed = muxers.first
        }
        if fault == .noiseNoFallback, agreed == nil { throw .noMuxerInCommon(offered) }
        let keys = handshake.state.split()
        inward = NoiseDirection(key: opener == .us ? keys.toInitiator : keys.fromInitiator)
        outward = NoiseDirection(key: opener == .us ? keys.fromInitiator : keys.toInitiator)
        secrets?.add(handshake, keys)
        (stage, deadline) = (.open, nil)
        turn.identity = peer?.bytes
        up.append(.begins(.first, by: .us, speaks: agreed ?? LayerName.muxer))
        turn.events.append(
            Event(
                "secured", nil,
                [
                    .init("peer", .text(peer.map(\.description) ?? "")),
                    .init("muxer", agreed.map { .text($0) } ?? .null),
                ]))
    }
    private mutating func fail(_ failure: NoiseHandshake.Failure, _ turn: inout LayerTurn) {
        let why =
            switch failure {
            case .weakKey: "a key of small order"
            case .notAuthentic(let part): "not authentic: \(part)"
            case .noMuxerInCommon(let theirs):
                "no muxer in common: the other side lists \(theirs.map { $0.prefix(64) }.prefix(8).joined(separator: ", ")), this side "
                    + muxers.joined(separator: ", ")
            case .unknown: "a key is missing"
            }
        turn.events.append(Event("refused", nil, [.init("reason", .text(why))]))
        finish(&turn)
    }
    private mutating func finish(_ turn: inout LayerTurn) { (stage, deadline, turn.isOver) = (.over, nil, true) }
    public mutating func send(
        _ bytes: RawSpan, kind: UInt8, on channel: ChannelID, now: Instant, _ turn: inout LayerTurn
    ) {
        guard channel == .first, stage == .open else { return }
        let fits = fault == .noiseFirstFrameOnly ? min(bytes.byteCount, NoiseFrame.contentLimit) : bytes.byteCount
        if outward?.seal(bytes.extracting(0..<fits), into: &turn.down) != true { finish(&turn) }
    }
    public mutating func close(with status: CloseStatus?, now: Instant, _ turn: inout LayerTurn) { finish(&turn) }
    public mutating func closed(now: Instant, _ turn: inout LayerTurn) { (stage, deadline) = (.over, nil) }
    public mutating func wake(now: Instant, _ turn: inout LayerTurn) {
        guard let due = deadline, due <= now else { return }
        turn.events.append(Event("refused", nil, [.init("reason", .text("the handshake is not over in time"))]))
        finish(&turn)
    }
}
