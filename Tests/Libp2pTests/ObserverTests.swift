import Testing
import Wire

@testable import Libp2p
@testable import Node

/// Returns the rules that an observer of a layer reports for the messages of both sides, in order.
func rules<M: Message>(
    _ observer: any Observer, _ said: [(Opener, M)], missing: Int? = nil
) -> [String] {
    var (observer, findings) = (observer, [Finding]())
    for (i, (side, message)) in said.enumerated() {
        if i == missing { observer.miss() }
        let bytes = message.encoded()
        observer.observe(
            M.self, bytes.span.bytes, isGood: true, from: side, at: .zero, into: &findings)
    }
    return findings.map { ($0.requirement ?? "") + ($0.severity == .violation ? "" : "?") }
}

@Suite struct ObserverTests {
    @Test func negotiation() {
        func told(_ said: (Opener, String)..., clear: Bool = false, missing: Int? = nil) -> [String] {
            rules(
                NegotiationObserver(isInTheClear: clear), said.map { ($0.0, MultistreamToken($0.1)) }, missing: missing)
        }
        let header = ProtocolID.multistream
        #expect(
            told(
                (.us, header), (.them, header), (.us, "/a"), (.them, "na"), (.us, "ls"), (.them, "/b\n/c"), (.us, "/b"),
                (.them, "/b")) == [])
        #expect(told((.us, "/noise")) == ["GS-02"] && told((.us, header), (.them, "na")) == ["GS-02"])
        #expect(told((.us, header), (.them, header), (.us, "/a"), (.them, "/b")) == ["GS-04"])
        let muxer = [(Opener.us, header), (.them, header), (.us, ProtocolID.yamux), (.them, ProtocolID.yamux)]
        #expect(told(muxer[0], muxer[1], muxer[2], muxer[3], clear: true) == ["GS-07"])
        #expect(told(muxer[0], muxer[1], muxer[2], muxer[3]) == [])
        #expect(told((.us, "/a"), missing: 0) == [])
    }
    @Test func exchange() {
        let identity = Identity(seed: [UInt8](repeating: 1, count: 32))
        var (good, other, empty) = (PlaintextExchange(identity), PlaintextExchange(identity), PlaintextExchange())
        other.exchange.id = Bytes(Identity(seed: [UInt8](repeating: 2, count: 32)).peer.bytes)
        #expect(rules(ExchangeObserver(), [(.us, good)]) == [])
        #expect(rules(ExchangeObserver(), [(.us, other), (.them, empty)]) == ["GS-08", "GS-08"])
        good.exchange.id = nil
        empty.exchange.id = other.exchange.id
        #expect(rules(ExchangeObserver(), [(.them, good), (.us, empty)]) == ["GS-08", "GS-08"])
    }
    @Test func noise() {
        var hello = NoiseHello()
        #expect(rules(NoiseObserver(), [(.us, hello)]) == [])
        hello.payload = Bytes([1])
        #expect(rules(NoiseObserver(), [(.us, hello)]) == ["GS-15"])
    }
    @Test func identify() {
        var message = IdentifyMessage(IdentifyContent())
        #expect(rules(IdentifyObserver(), [(.them, message)]) == ["GS-38", "GS-38"])
        message.identify.publicKey = Bytes([1])
        message.identify.protocols = ["/ipfs/id/1.0.0"]
        // go-libp2p may send the rest in another message.
        #expect(rules(IdentifyObserver(), [(.them, message), (.them, IdentifyMessage(IdentifyContent()))]) == [])
        #expect(rules(IdentifyObserver(), [(.them, message), (.them, message)]) == ["GS-38"])
        #expect(rules(IdentifyObserver(), [(.us, message)]) == ["GS-38"])
    }

    private func yamux(_ said: [(Opener, YamuxFrame)], missing: Int? = nil) -> [String] {
        rules(YamuxObserver(), said, missing: missing)
    }
    private func data(_ flags: UInt16, _ stream: UInt32, _ count: Int) -> YamuxFrame {
        var frame = YamuxFrame(.data, flags: flags, stream: stream, length: UInt32(count))
        frame.payload = Bytes([UInt8](repeating: 1, count: count))
        return frame
    }
    private func window(_ flags: UInt16, _ stream: UInt32, _ more: UInt32 = 0) -> YamuxFrame {
        YamuxFrame(.windowUpdate, flags: flags, stream: stream, length: more)
    }
    private func ping(_ flags: UInt16, _ value: UInt32, stream: UInt32 = 0) -> YamuxFrame {
        YamuxFrame(.ping, flags: flags, stream: stream, length: value)
    }
    @Test func session() {
        let right: [(Opener, YamuxFrame)] = [
            (.us, window(1, 1)), (.us, data(0, 1, 10)), (.them, window(2, 1)), (.them, window(1, 2)),
            (.us, window(2, 2)),
            (.us, ping(1, 5)), (.them, ping(2, 5)), (.us, data(0, 1, 262_134)), (.them, window(0, 1, 100)),
            (.us, data(4, 1, 100)), (.them, data(4, 1, 1)), (.us, data(1, 1, 1)), (.us, window(8, 1)),
            (.us, data(0, 9, 1)),
            // The node may send the ACK with its first data, and it has no data.
            (.us, window(1, 3)), (.them, window(4, 3)),
            (.them, YamuxFrame(.goAway, stream: 0, length: 0x1006)),
        ]
        #expect(yamux(right) == [])
        #expect(yamux([(.us, window(1, 2)), (.them, data(1, 1, 1))]) == ["GS-22", "GS-22"])
        // A SYN of an open stream does not answer it.
        #expect(yamux([(.them, window(1, 2)), (.us, window(1, 2)), (.us, window(2, 2))]) == ["GS-22"])
        #expect(yamux([(.us, data(0, 0, 1)), (.us, ping(1, 1, stream: 1))]) == ["GS-22", "GS-22"])
        #expect(yamux([(.us, YamuxFrame(.goAway, stream: 3))]) == ["GS-22"])
        var version = window(1, 1)
        version.version = 1
        #expect(yamux([(.us, version), (.us, YamuxFrame(YamuxType(rawValue: 9), stream: 1))]) == ["GS-21", "GS-21"])
        #expect(yamux([(.us, window(1, 1)), (.them, data(0, 1, 1)), (.them, data(0, 1, 1))]) == ["GS-23"])
        #expect(yamux([(.us, ping(1, 5)), (.them, ping(2, 6))]) == ["GS-25"])
        #expect(yamux([(.us, ping(1, 5)), (.them, ping(2, 5)), (.them, ping(2, 5))]) == ["GS-25"])
        #expect(yamux([(.us, window(1, 1)), (.us, data(0, 1, 262_145)), (.us, data(0, 1, 1))]) == ["GS-26?"])
        #expect(yamux([(.us, data(5, 1, 1)), (.us, data(0, 1, 1))]) == ["GS-28"])
    }
    /// Unseen frames may explain a breach, so older streams and pings get no findings after a gap.
    @Test func incompleteCaptures() {
        let all: [(Opener, YamuxFrame)] = [
            (.us, window(1, 1)), (.us, data(4, 1, 262_144)), (.us, data(0, 1, 262_144)), (.them, data(0, 1, 1)),
            (.them, ping(2, 6)),
        ]
        #expect(yamux(all, missing: 2) == [] && yamux(all).count == 4)
        // Judging the ids of streams needs no other frames.
        #expect(yamux([(.us, window(1, 1)), (.us, window(1, 2))], missing: 1) == ["GS-22"])
    }
}
