import Nano
import Node
import Testing
import Wire

@testable import Capture

/// An observer that takes a datagram for one message, or for none.
private struct ToyDatagrams: DatagramObserver {
    mutating func observe(
        _ bytes: RawSpan, from source: Endpoint, to destination: Endpoint, number: Int, at time: Instant,
        into out: inout [ObservedMessage]
    ) {
        var framing = ToyFraming()
        guard case .message(let type, let length) = framing.next(bytes), length == bytes.byteCount else {
            return out.append(ObservedMessage(.malformed, nil))
        }
        out.append(ObservedMessage(.datagram, type))
    }
    mutating func finish(into out: inout [ObservedMessage]) {}
    func isWaiting(from source: Endpoint, to destination: Endpoint) -> Bool { false }
}

/// Tests of datagrams that hold one message each.
struct DatagramTests {
    static let udp: Definition = {
        var d = Definition.toy
        d.transport = .udp
        d.judging.datagramObserver = { _, _, _ in ToyDatagrams() }
        return d
    }()
    func packet(_ payload: [UInt8], from: UInt16 = 40_000, to: UInt16 = 9000, declared: Int? = nil) -> [UInt8] {
        let udp = be16(Int(from)) + be16(Int(to)) + be16(declared ?? 8 + payload.count) + [0, 0] + payload
        return [0x45, 0] + be16(20 + udp.count) + [
            0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, from > to ? 1 : 2, 10, 0, 0, from > to ? 2 : 1,
        ] + udp
    }

    /// Datagrams of protocols that are not decoded are counted by their protocol.
    @Test func recognizesProtocolsThatAreNotDecoded() {
        let binding = [0, 1, 0, 4, 0x21, 0x12, 0xa4, 0x42] + [UInt8](repeating: 7, count: 16)
        let hello = [22, 0xfe, 0xfd] + [UInt8](repeating: 0, count: 8) + [0, 3, 1, 2, 3]
        let sealed: [UInt8] = [0x2c, 1, 2, 3]
        let quic: [UInt8] = [0xc3, 0, 0, 0, 1, 8, 1, 2]
        func counts(_ all: [(bytes: [UInt8], from: UInt16, to: UInt16)]) -> [Int] {
            let tally = tap(all.map { Tapped(packet($0.bytes, from: $0.from, to: $0.to)) }, .raw, [Self.udp]).1
            return [tally.stunDatagrams, tally.dtlsDatagrams, tally.quicDatagrams, tally.unknownDatagrams]
        }
        #expect(counts([(binding, 1, 2), (hello, 1, 2), (sealed, 2, 1), (quic, 3, 4)]) == [1, 2, 1, 0])
        // A header of DTLS 1.3 is known only after a record of DTLS, and other protocols share the pair of endpoints.
        #expect(counts([(sealed, 1, 2), (hello, 1, 2), ([0x80, 200, 0, 6], 1, 2)]) == [0, 1, 0, 2])
        #expect(counts([(Array(binding.dropLast()), 1, 2), (Array(hello.dropLast()), 1, 2)]) == [0, 0, 0, 2])
    }
    /// A message of a protocol over TCP in a datagram is counted under the name of the protocol, on the known port even
    /// if its end is missing.
    @Test func recognizesProtocolsOverTCP() {
        let keepalive: [UInt8] = [0x52, 0x43, 18, 18, 16, 2, 0, 0] + [UInt8](repeating: 0, count: 144)
        func counted(_ bytes: [UInt8], port: UInt16, _ options: ReadingOptions = ReadingOptions()) -> (Int, String?) {
            let (kept, tally) = tap([Tapped(packet(bytes, to: port))], .raw, [.nano], reading: options)
            #expect(kept.records.isEmpty && tally.streamDatagrams + tally.unknownDatagrams == 1)
            return (tally.streamDatagrams, tally.streamProtocol)
        }
        #expect(counted(keepalive, port: 7075) == (1, "nano"))
        #expect(counted(keepalive, port: 1234) == (1, "nano"))
        #expect(counted(keepalive.dropLast(), port: 7075) == (1, "nano"))
        #expect(counted(keepalive.dropLast(), port: 1234) == (0, nil))
        #expect(counted(text("a different text"), port: 7075) == (0, nil))
        let rule = DecodeAs(transport: .udp, port: 1234, protocolName: "nano")
        #expect(counted(text("a different text"), port: 1234, ReadingOptions(rules: [rule])) == (1, "nano"))
        var tally = Tally()
        (tally.streamDatagrams, tally.streamProtocol) = (1, "nano")
        #expect(tally.unreadDatagrams.map { "\($0.name), \($0.why)" } == ["Nano over UDP, which is not supported"])
    }
    @Test func messages() {
        let (kept, tally) = tap(
            [packet(text("a")), packet(text("b")), packet(text("c"), from: 9000, to: 40_000)].map { Tapped($0) },
            .raw,
            [Self.udp])
        #expect(kept.said == ["> toy.text a", "> toy.text b", "< toy.text c"])
        #expect(kept.records.map(\.transport) == [.udp, .udp, .udp])
        #expect(kept.records.allSatisfy { $0.tcpStream == -1 && $0.packetLength > 0 })
        #expect(kept.records.map(\.flow) == [1, 1, 1])
        #expect(kept.records.map { Array($0.frames) } == [[1], [2], [3]])
        #expect(tally.flows == 1 && tally.datagrams == 3 && tally.payload == 15)
    }
    @Test func snapLength() {
        let whole = packet(text("hello"))
        let (kept, tally) = tap([Tapped(Array(whole.dropLast(3)), length: whole.count)], .raw, [Self.udp])
        #expect(kept.records.map(\.kind) == [.incomplete])
        #expect(kept.notes[0].contains("3 bytes are missing from the capture"))
        #expect(tally.gaps == 1 && tally.gapBytes == 3)
    }
    @Test func headersThatLie() {
        #expect(tap([Tapped(packet(text("a"), declared: 7))], .raw, [Self.udp]).1.damagedPackets == 1)
        // Bytes after the declared length are padding. A declared length that is too large is cut to the packet.
        #expect(tap([Tapped(packet(text("a") + [1, 2], declared: 13))], .raw, [Self.udp]).0.said == ["> toy.text a"])
        #expect(tap([Tapped(packet(text("a"), declared: 500))], .raw, [Self.udp]).0.said == ["> toy.text a"])
    }
    @Test func byRuleAndByContent() {
        let strange = Tapped(packet(text("hello"), from: 40_000, to: 5555))
        #expect(tap([strange], .raw, [Self.udp]).0.said == ["> toy.text hello"], "certain by its bytes")
        let part = Tapped(packet(Array(text("hello").prefix(8)), from: 40_000, to: 5555))
        #expect(tap([part], .raw, [Self.udp]).0.records.isEmpty)
        let rule = DecodeAs(transport: .udp, port: 5555, protocolName: "toy")
        #expect(
            tap([part], .raw, [Self.udp], reading: ReadingOptions(rules: [rule])).0.records.map(\.name) == [
                "toy.malformed"
            ])
        #expect(tap([strange], .raw, [.toy]).0.records.isEmpty, "a protocol of streams")
    }
    /// A record has all frames of the fragments of its message, and no other frames.
    @Test func framesOfFragments() {
        let udp = Array(packet(text("first-message and second")).dropFirst(20))
        let pieces = [0..<16, 16..<24, 24..<udp.count].map { range in
            let place = (range.upperBound < udp.count ? 0x2000 : 0) | range.lowerBound / 8
            return [0x45, 0] + be16(20 + range.count) + [0, 3] + be16(place) + [64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]
                + udp[range]
        }
        let (kept, _) = tap([pieces[2], pieces[0], pieces[1]].map { Tapped($0) }, .raw, [Self.udp])
        #expect(kept.said == ["> toy.text first-message and second"])
        #expect(kept.records.map { Array($0.frames) } == [[1, 2, 3]])
    }
}
