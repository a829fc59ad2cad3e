import Crypto
import Testing
import Wire

@testable import Libp2p
@testable import Node

private let identity = Identity(seed: [UInt8](repeating: 1, count: 32))
private func varint(_ number: UInt64) -> [UInt8] {
    var out: [UInt8] = []
    Varint.append(number, to: &out)
    return out
}
/// Returns bytes preceded by their length.
private func counted(_ content: [UInt8]) -> [UInt8] { varint(UInt64(content.count)) + content }

extension Message {
    /// Returns the length of the message at the front in bytes, `more`, or the place of an error.
    fileprivate static func outcome(_ bytes: [UInt8]) -> String {
        switch prefix(of: bytes.span.bytes) {
        case .message(_, let count): "\(count)"
        case .needMore: "more"
        case .refused(let error): "\(error.path) \(error.offset)"
        }
    }
}

/// A message of a layer in its encoded form.
private struct Sample: CustomTestStringConvertible {
    var type: any Message.Type
    var bytes: [UInt8]
    var testDescription: String { type.name.description }

    /// Returns the length of the message in bytes, `more`, or the place of an error.
    func prefix(of bytes: [UInt8]) -> String { type.outcome(bytes) }

    static let all: [Sample] = {
        var registration = RendezvousContent()
        (registration.type, registration.register) = (.register, RendezvousRegister())
        registration.register?.namespace = "my-app"
        registration.register?.signedPeerRecord = Bytes(Envelope(of: identity, at: [], 1).encoded())
        registration.register?.ttl = 7200
        var identify = IdentifyContent()
        identify.publicKey = Bytes(identity.publicKey.encoded())
        identify.protocols = ["/meshsub/1.2.0", "/ipfs/id/1.0.0"]
        identify.listenAddresses = [Bytes([4, 127, 0, 0, 1, 6, 15, 161])]
        var data = YamuxFrame(.data, flags: 1, stream: 1, length: 3)
        data.payload = Bytes([1, 2, 3])
        var hello = NoiseHello()
        hello.payload = Bytes([1])
        var (answer, last, frame) = (NoiseAnswer(), NoiseFinal(), NoiseFrame())
        answer.payload = Bytes([UInt8](repeating: 7, count: 16))
        last.payload = answer.payload
        frame.sealed = answer.payload
        return [
            Sample(type: MultistreamToken.self, bytes: token(ProtocolID.noise)),
            Sample(type: PlaintextExchange.self, bytes: PlaintextExchange(identity).encoded()),
            Sample(type: NoiseHello.self, bytes: hello.encoded()),
            Sample(type: NoiseAnswer.self, bytes: answer.encoded()),
            Sample(type: NoiseFinal.self, bytes: last.encoded()),
            Sample(type: NoiseFrame.self, bytes: frame.encoded()),
            Sample(type: YamuxFrame.self, bytes: data.encoded()),
            Sample(type: MplexFrame.self, bytes: MplexFrame(.messageInitiator, stream: 300, [1, 2, 3]).encoded()),
            Sample(type: IdentifyMessage.self, bytes: IdentifyMessage(identify).encoded()),
            Sample(type: PingMessage.self, bytes: PingMessage().encoded()),
            Sample(type: RendezvousMessage.self, bytes: RendezvousMessage(registration).encoded()),
        ]
    }()
}

@Suite struct BadInputTests {
    /// A message that is cut at any byte needs more bytes. A complete message has its length, even if more bytes
    /// follow.
    @Test(arguments: Sample.all) fileprivate func truncated(_ sample: Sample) {
        for end in sample.bytes.indices {
            let start = Array(sample.bytes[..<end])
            #expect(sample.prefix(of: start) == "more", "\(end)")
        }
        #expect(sample.prefix(of: sample.bytes) == "\(sample.bytes.count)")
        #expect(sample.prefix(of: sample.bytes + [0xff, 0xff]) == "\(sample.bytes.count)")
    }
    /// If one byte changes, an error has a place within the message, and the decoder never traps.
    @Test(arguments: Sample.all) fileprivate func changed(_ sample: Sample) {
        for at in sample.bytes.indices {
            for change in [UInt8(1), 0x80, 0xff] {
                var bytes = sample.bytes
                bytes[at] ^= change
                let error = sample.type.check(bytes.span.bytes)
                #expect(error.map { $0.offset <= bytes.count } ?? true, "\(at) \(change)")
            }
        }
    }
    /// Content that is cut after its length is refused at a place within the message, or is complete.
    @Test func truncatedContent() {
        let exchange = PlaintextExchange(identity).exchange.encoded()
        var refused = 0
        for end in exchange.indices {
            let bytes = counted(Array(exchange[..<end]))
            if let error = PlaintextExchange.check(bytes.span.bytes) {
                refused += 1
                #expect(error.offset <= bytes.count && error.path.hasPrefix("exchange"), "\(end) \(error)")
            }
        }
        // Content that ends between two fields is complete.
        #expect(refused >= exchange.count - 3)
    }
    /// A length beyond its limit is refused at once, without waiting for content.
    @Test func lengths() {
        func refusal<M: Message>(_ type: M.Type, _ bytes: [UInt8]) -> String { type.outcome(bytes) }
        #expect(refusal(MultistreamToken.self, varint(1024)) == "more")
        #expect(
            refusal(MultistreamToken.self, varint(1025)) == "length 0"
                && refusal(MultistreamToken.self, [0]) == "length 0")
        #expect(
            refusal(PlaintextExchange.self, varint(65_536)) == "more"
                && refusal(PlaintextExchange.self, varint(65_537)) == "length 0")
        #expect(
            refusal(IdentifyMessage.self, varint(65_536)) == "more"
                && refusal(IdentifyMessage.self, varint(65_537)) == "length 0")
        #expect(
            refusal(RendezvousMessage.self, varint(1 << 20)) == "more"
                && refusal(RendezvousMessage.self, varint(1 << 20 + 1)) == "length 0")
        #expect(
            refusal(MplexFrame.self, [2] + varint(1 << 20)) == "more"
                && refusal(MplexFrame.self, [2] + varint(1 << 20 + 1)) == "length 1")
        #expect(refusal(NoiseHello.self, [0, 31]) == "length 0" && refusal(NoiseFrame.self, [0, 15]) == "length 0")
        #expect(refusal(NoiseFrame.self, [0xff, 0xff]) == "more")
        var long = YamuxFrame(.data, stream: 1, length: YamuxLayer.payloadLimit + 1).encoded()
        #expect(Watched(YamuxLayer(), [(.us, long)]).refusals.first?.offset == 8)
        long = YamuxFrame(.data, stream: 1, length: YamuxLayer.payloadLimit).encoded()
        #expect(Watched(YamuxLayer(), [(.us, long)]).refusals.isEmpty)
    }
    /// Varints of multiformats have one form and at most nine bytes. Varints of protobuf may have ten, even if fewer
    /// would do.
    @Test func varints() throws {
        let nine = [UInt8](repeating: 0x80, count: 9)
        for bytes in [[0x81, 0], nine + [1], [UInt8](repeating: 0xff, count: 11)] as [[UInt8]] {
            #expect(MultistreamToken.outcome(bytes + token("x")).hasPrefix("length"))
            #expect(PlaintextExchange.outcome(bytes + [0]).hasPrefix("length"))
            #expect(IdentifyMessage.outcome(bytes + [0]).hasPrefix("length"))
            #expect(MplexFrame.outcome(bytes + [0]).hasPrefix("header"))
            #expect(MplexFrame.outcome([2] + bytes).hasPrefix("length"))
            var rest = bytes[...]
            #expect(Varint.take(&rest) == nil && rest.count == bytes.count)
        }
        #expect(Multiaddr(bytes: [0x84, 0, 127, 0, 0, 1]) == nil)
        let key = try PublicKey(copying: [8, 0x81] + [UInt8](repeating: 0x80, count: 8) + [0, 0x12, 1, 9])
        #expect(key.type == .ed25519 && key.data?.own == [9])
        #expect(PublicKey.check(([8] + [UInt8](repeating: 0x80, count: 10) + [1]).span.bytes) != nil)
    }
    /// The decoder refuses wire types that a field does not have, groups that do not end, and deeply nested groups.
    @Test func wireTypes() {
        func check(_ content: [UInt8]) -> WireError? { PlaintextExchange.check(counted(content).span.bytes) }
        // A number in place of bytes, and bytes in place of a message.
        for content in [
            [0x08, 1], [0x0d, 1, 2, 3, 4], [0x12, 2, 0x0a, 9], [0x0a, 9], [0x0b], [0x0c], [0x0e], [0x07],
        ] as [[UInt8]] {
            if let error = check(content) { #expect(error.offset <= content.count + 1, "\(content) \(error)") }
        }
        #expect(check([0x0a, 9]) != nil && check([0x0e]) != nil && check([0x12, 2, 0x0a, 9]) != nil)
        let groups = [UInt8](repeating: 0x1b, count: 60_000)
        #expect(check(groups) != nil)
        let nested = (0..<2000).reduce([UInt8]()) { inner, _ in [0x12] + counted(inner) }
        _ = check(Array(nested.prefix(60_000)))
        #expect(check([UInt8](repeating: 0, count: 10)) != nil, "the field 0")
    }

    // Noise

    private func pair() throws -> (us: NoiseEnd, them: NoiseEnd) {
        func options(_ side: Opener) -> LayerOptions {
            LayerOptions(
                side, peer: .loopback(1), settings: Settings(profile: "", values: [:]),
                random: Random(seed: side == .us ? 1 : 2))
        }
        var (us, them) = (NoiseEnd(nil, options(.us)), NoiseEnd(nil, options(.them)))
        var (down, back, up) = (LayerTurn(), LayerTurn(), LayerOutput())
        us.begin(now: .zero, &down)
        them.begin(now: .zero, &back)
        for _ in 0..<2 {
            _ = them.receive(down.down.span.bytes, now: .zero, &up, &back)
            down.down = []
            guard !back.down.isEmpty else { break }
            _ = us.receive(back.down.span.bytes, now: .zero, &up, &down)
            back.down = []
        }
        try #require(us.deadline == nil && them.deadline == nil && !down.isOver && !back.isOver)
        return (us, them)
    }
    /// A frame that is repeated, missing or changed in any part ends the connection, and its content is not passed up.
    @Test func frames() throws {
        for fault in ["none", "again", "swapped", "left out", "spoilt", "cut", "empty"] {
            var (us, them) = try pair()
            var frames: [[UInt8]] = []
            for byte in UInt8(1)...3 {
                var turn = LayerTurn()
                let content = [byte]
                us.send(content.span.bytes, kind: 0, on: .first, now: .zero, &turn)
                frames.append(turn.down)
            }
            switch fault {
            case "again": frames.insert(frames[0], at: 1)
            case "swapped": frames.swapAt(1, 2)
            case "left out": frames.remove(at: 1)
            case "spoilt": frames[1][5] ^= 1
            case "cut": frames[1] = [0, UInt8(frames[1].count - 3)] + frames[1].dropFirst(2).dropLast()
            case "empty": frames[1] = [0, 0]
            default: break
            }
            var (turn, heard) = (LayerTurn(), [UInt8]())
            for frame in frames where !turn.isOver {
                var up = LayerOutput()
                _ = them.receive(frame.span.bytes, now: .zero, &up, &turn)
                for item in up.items {
                    up.withBytes(of: item, in: frame.span.bytes) { bytes in
                        heard += bytes.withUnsafeBytes { [UInt8]($0) }
                    }
                }
            }
            #expect(turn.isOver == (fault != "none") && heard == (fault == "none" ? [1, 2, 3] : [1]), "\(fault)")
            // The end sends and receives no more.
            guard fault != "none" else { continue }
            turn.down = []
            them.send([9].span.bytes, kind: 0, on: .first, now: .zero, &turn)
            #expect(turn.down.isEmpty, "\(fault)")
        }
    }
    /// Keys of small order, on either side, end the handshake before a secret is derived from them.
    @Test func smallOrder() {
        let zero = [UInt8](repeating: 0, count: 32)
        let one = [1] + [UInt8](repeating: 0, count: 31)
        let eight = hex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")
        for key in [zero, one, eight] {
            let options = LayerOptions(
                .them, peer: .loopback(1), settings: Settings(profile: "", values: [:]), random: Random(seed: 1))
            var (end, turn, up) = (NoiseEnd(nil, options), LayerTurn(), LayerOutput())
            end.begin(now: .zero, &turn)
            let hello = [0, 32] + key
            _ = end.receive(hello.span.bytes, now: .zero, &up, &turn)
            #expect(turn.isOver && turn.down.isEmpty && up.items.isEmpty)
            let reasons = turn.events.compactMap { $0.details.first { $0.key == "reason" }?.value }
            #expect(reasons == [.text("a key of small order")])
            #expect(X25519.secret([UInt8](repeating: 3, count: 32), key) == nil)
        }
    }
    /// A decoder whose key log has such keys continues without them.
    @Test func layerOfWeakKeys() {
        var turns = Transcript.turns
        turns[0].1 = [0, 32] + [UInt8](repeating: 0, count: 32)
        let secrets = Secrets()
        for secret in Transcript.secrets {
            secrets.add(Secret(secret.label, of: [UInt8](repeating: 0, count: 32), secret.bytes))
        }
        let seen = Watched(NoiseLayer(secrets), turns)
        // The keys of the directions are still correct.
        #expect(seen.units.count == 23 && seen.refusals.isEmpty)
    }
    /// Streams beyond the limit are reset; open streams continue.
    @Test func floods() {
        let options = LayerOptions(
            .them, peer: .loopback(1), settings: Settings(profile: "", values: [:]), random: Random(seed: 1))
        for isYamux in [true, false] {
            var (end, turn, up): (any LayerEnd, LayerTurn, LayerOutput) = (
                isYamux ? YamuxEnd(options) : MplexEnd(options), LayerTurn(), LayerOutput()
            )
            var flood: [UInt8] = []
            for n in UInt32(0)..<20_000 {
                flood +=
                    isYamux
                    ? YamuxFrame(.windowUpdate, flags: 1, stream: 2 * n + 1).encoded()
                    : MplexFrame(.newStream, stream: UInt64(n)).encoded()
            }
            var at = 0
            while at < flood.count, !turn.isOver {
                at += end.receive(flood.span.bytes.extracting(at...), now: .zero, &up, &turn)
            }
            let begun = up.items.count { if case .begins = $0 { true } else { false } }
            #expect(begun <= 1024 && begun > 0 && !turn.isOver, "\(isYamux) \(begun)")
        }
        var layer = YamuxLayer()
        var output = LayerOutput()
        var carried = 0
        for n in UInt32(0)..<70_000 {
            output.clear()
            let frame = YamuxFrame(.windowUpdate, flags: 1, stream: 2 * n + 1).encoded()
            _ = layer.next(frame.span.bytes, from: .us, into: &output)
            carried += output.items.count
        }
        #expect(carried == YamuxLayer.streamLimit)
    }
}
