public import Node
import Wire

/// A decoder of both directions of a Noise connection: the handshake, then frames. If the secrets of the connection are
/// known (`NoiseSecret`), it also decrypts the stream in the frames.
///
/// The payloads of the handshake are on channels of their own, if a caller asks for them (`LayerName.noisePayload`).
///
/// `us` is the initiator. The protocol of the channel `first` is the muxer that the handshake agreed on, if the
/// handshake can be read. Otherwise its first bytes decide: the negotiation of a muxer, or a muxer.
public struct NoiseLayer: Layer {
    private enum Stage {
        case hello
        case answer
        case final
        case frames
    }
    private let secrets: Secrets?
    private let showsPayloads: Bool
    private var stage = Stage.hello
    private var connection: [UInt8] = []
    private var handshake: NoiseHandshake?
    /// The muxers that each side offers, if the handshake can be read.
    private var muxers: (us: [String], them: [String]) = ([], [])
    private var isRead = false
    private var us: NoiseDirection?
    private var them: NoiseDirection?
    /// The maximum distance to the next frame, in frames, after bytes were lost.
    private var missing: (us: UInt64, them: UInt64) = (0, 0)
    /// True if a message of the handshake may be among missing bytes.
    public private(set) var isBlind = false
    private var isOpen = false
    private var hasRemarked = false
    /// The number of consecutive frames that could not be opened. After `failureLimit` no further frame is tried.
    private var failures = 0

    private static let failureLimit = 64
    private static let searchLimit: UInt64 = 256

    /// The channels of the payloads of both sides.
    private static let payloadChannels = (us: ChannelID(2), them: ChannelID(1))

    /// Creates a decoder of a fresh connection. Without secrets it decrypts nothing. `showsPayloads`: the output also
    /// has the payloads of the handshake.
    public init(_ secrets: Secrets? = nil, showsPayloads: Bool = false) {
        (self.secrets, self.showsPayloads) = (secrets, showsPayloads)
    }

    public mutating func next(_ bytes: RawSpan, from side: Opener, into output: inout LayerOutput) -> LayerStep {
        switch (stage, side) {
        case (.hello, .them), (.answer, .us), (.final, .them): return .waits
        default: break
        }
        guard bytes.byteCount >= NoiseFrame.headerSize else {
            return .needMore(NoiseFrame.headerSize - bytes.byteCount)
        }
        let count = Int(bytes.unsafeLoadUnaligned(as: UInt16.self).bigEndian)
        let length = NoiseFrame.headerSize + count
        let least =
            switch stage {
            case .hello: 32
            case .answer: 96
            case .final: 64
            case .frames: 16
            }
        guard count >= least else {
            return .refused(
                WireError(reason: .illegal, path: "length", offset: 0, wanted: UInt64(least), had: UInt64(count)))
        }
        guard bytes.byteCount >= length else { return .needMore(length - bytes.byteCount) }
        let unit = bytes.extracting(0..<length)
        switch stage {
        case .hello:
            var hello = NoiseHello()
            guard hello.read(borrowing: unit) else { return Self.refusal(of: NoiseHello.self, unit) }
            begin(hello, unit)
            stage = .answer
            return .unit(NoiseHello.self, length: length)
        case .answer:
            var answer = NoiseAnswer()
            guard answer.read(borrowing: unit) else { return Self.refusal(of: NoiseAnswer.self, unit) }
            let payload = read { handshake throws(NoiseHandshake.Failure) in
                try handshake.readAnswer(
                    answer.ephemeral.array, answer.staticKey.array, answer.payload.array(in: unit))
            }
            muxers.them = payload.map(Self.muxers) ?? []
            show(payload, length - answer.payload.count..<length, on: Self.payloadChannels.them, &output)
            stage = .final
            return .unit(NoiseAnswer.self, length: length)
        case .final:
            var last = NoiseFinal()
            guard last.read(borrowing: unit) else { return Self.refusal(of: NoiseFinal.self, unit) }
            let payload = read { handshake throws(NoiseHandshake.Failure) in
                try handshake.readFinal(last.staticKey.array, last.payload.array(in: unit))
            }
            isRead = payload != nil
            muxers.us = payload.map(Self.muxers) ?? []
            show(payload, length - last.payload.count..<length, on: Self.payloadChannels.us, &output)
            split()
            stage = .frames
            return .unit(NoiseFinal.self, length: length)
        case .frames:
            let isFound = open(unit, from: side, into: &output)
            guard isFound || (side == .us ? missing.us : missing.them) == 0 else {
                return .refused(WireError(reason: .unexplained, path: "", offset: 0, had: UInt64(length)))
            }
            return .unit(NoiseFrame.self, length: length)
        }
    }
    public func announced(by bytes: RawSpan, from side: Opener) -> Announcement? {
        let type: any Message.Type =
            switch stage {
            case .hello: NoiseHello.self
            case .answer: NoiseAnswer.self
            case .final: NoiseFinal.self
            case .frames: NoiseFrame.self
            }
        guard bytes.byteCount >= NoiseFrame.headerSize else { return Announcement(type, length: nil) }
        return Announcement(
            type, length: NoiseFrame.headerSize + Int(bytes.unsafeLoadUnaligned(as: UInt16.self).bigEndian))
    }
    private static func refusal<M: Message>(of type: M.Type, _ unit: RawSpan) -> LayerStep {
        .refused(M.check(unit) ?? WireError(reason: .unexplained, path: "", offset: 0, had: UInt64(unit.byteCount)))
    }
    private mutating func begin(_ hello: NoiseHello, _ unit: RawSpan) {
        connection = hello.ephemeral.array
        var handshake = NoiseHandshake()
        learn(&handshake)
        try? handshake.readHello(connection, hello.payload.array(in: unit))
        self.handshake = handshake
    }
    /// Copies the private keys that are known by now. An end stores its own keys only after the handshake.
    private func learn(_ handshake: inout NoiseHandshake) {
        func learn(_ label: String, _ key: inout NoiseHandshake.Key) {
            guard key.secret == nil, let secret = secrets?.find(label, of: connection) else { return }
            let known = NoiseHandshake.Key(secret: secret)
            if key.value == nil || key.value == known.value { key = known }
        }
        learn(NoiseSecret.initiatorStatic, &handshake.initiator.permanent)
        learn(NoiseSecret.initiatorEphemeral, &handshake.initiator.ephemeral)
        learn(NoiseSecret.responderStatic, &handshake.responder.permanent)
        learn(NoiseSecret.responderEphemeral, &handshake.responder.ephemeral)
    }
    /// Returns the payload of a message, if the handshake can be read so far.
    private mutating func read(
        _ body: (inout NoiseHandshake) throws(NoiseHandshake.Failure) -> [UInt8]
    ) -> [UInt8]? {
        guard var known = handshake else { return nil }
        handshake = nil
        learn(&known)
        guard let payload = try? body(&known) else { return nil }
        handshake = known
        return payload
    }
    /// Appends a decrypted payload, which `place` of the message holds, as the only content of a channel.
    private func show(_ payload: [UInt8]?, _ place: Range<Int>, on channel: ChannelID, _ output: inout LayerOutput) {
        guard showsPayloads, let payload, !payload.isEmpty else { return }
        let start = output.made.count
        output.made += payload
        output.append(.begins(channel, by: .us, speaks: LayerName.noisePayload))
        output.append(.made(channel, start..<output.made.count, unit: place))
        output.append(.ends(channel, by: .us))
        output.append(.ends(channel, by: .them))
    }
    private mutating func split() {
        if isRead, let keys = handshake?.state.split() {
            us = NoiseDirection(key: keys.fromInitiator)
            them = NoiseDirection(key: keys.toInitiator)
        }
        handshake = nil
    }
    /// Returns the muxer ids in a payload.
    static func muxers(_ payload: [UInt8]) -> [String] {
        guard let read = try? NoisePayload(copying: payload) else { return [] }
        return (read.extensions?.streamMuxers ?? []).map { $0.string(in: RawSpan()) }
    }

    /// Decrypts a frame. Returns false if it cannot.
    private mutating func open(_ unit: RawSpan, from side: Opener, into output: inout LayerOutput) -> Bool {
        if us == nil { us = direction(NoiseSecret.fromInitiator) }
        if them == nil { them = direction(NoiseSecret.fromResponder) }
        guard failures < Self.failureLimit else {
            output.isSealed = true
            return false
        }
        let content = NoiseFrame.headerSize..<unit.byteCount
        let start = output.made.count
        let sealed = unit.extracting(content)
        let isGood =
            side == .us
            ? us?.open(sealed, within: missing.us, into: &output.made)
            : them?.open(sealed, within: missing.them, into: &output.made)
        guard let isGood else {
            remark("encrypted, no key for the ephemeral key \(connection.hex)", &output)
            return false
        }
        guard isGood else {
            failures += 1
            remark("a frame was not encrypted with the key for the ephemeral key \(connection.hex)", &output)
            return false
        }
        failures = 0
        if side == .us { missing.us = 0 } else { missing.them = 0 }
        let range = start..<output.made.count
        if !isOpen {
            isOpen = true
            let speaks = self.speaks(output.made.span.bytes.extracting(range))
            output.append(.begins(.first, by: .us, speaks: speaks))
        }
        output.append(.made(.first, range, unit: content))
        return true
    }
    private func direction(_ label: String) -> NoiseDirection? {
        secrets?.find(label, of: connection).flatMap { NoiseDirection(key: $0) }
    }
    private mutating func remark(_ text: String, _ output: inout LayerOutput) {
        if !hasRemarked { output.remark = text }
        (hasRemarked, output.isSealed) = (true, true)
    }
    /// Returns the protocol that was agreed on, or the one that these first bytes suggest.
    private func speaks(_ first: RawSpan) -> String {
        if isRead { return NoiseEnd.muxer(muxers.us, muxers.them) ?? LayerName.muxer }
        guard first.byteCount > 0, first.unsafeLoad(as: UInt8.self) == 0 else { return LayerName.muxer }
        guard first.byteCount >= YamuxFrame.headerSize else { return ProtocolID.mplex }
        return first.unsafeLoad(fromUncheckedByteOffset: 1, as: UInt8.self) <= 3
            && first.unsafeLoad(fromUncheckedByteOffset: 2, as: UInt8.self) == 0
            ? ProtocolID.yamux : ProtocolID.mplex
    }
    public func resync(_ bytes: RawSpan) -> Int? { nil }
    public var isOpening: Bool { stage != .frames }
    public mutating func lose(_ side: Opener) {
        if side == .us { missing.us = Self.searchLimit } else { missing.them = Self.searchLimit }
        if stage != .frames { isBlind = true }
    }
    /// Returns true if frames can be decrypted: only decryption proves that bytes are a frame.
    public func mayResume(at bytes: RawSpan, from side: Opener) -> Bool {
        stage == .frames && secrets != nil
    }
}
