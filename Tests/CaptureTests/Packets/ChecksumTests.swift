import Node
import Testing

@testable import Capture

/// Tests of checksums of packets, against packets of other systems, and against sums computed here bit by bit.
struct ChecksumTests {
    func result(_ bytes: [UInt8], _ link: LinkType = .raw, length: Int? = nil) -> ChecksumResult {
        let packet = Packet(
            number: 1, time: Timestamp(nanoseconds: 0), length: length ?? bytes.count, link: link,
            bytes: bytes.span.bytes
        )
        return Layers(packet).checksum(bytes.span.bytes)
    }
    /// Returns the sum of RFC 1071, computed as its text describes: word by word, with the carries added at the end.
    static func sum(_ bytes: [UInt8]) -> UInt16 {
        let even = bytes + (bytes.count % 2 == 1 ? [0] : [])
        var n = stride(from: 0, to: even.count, by: 2).reduce(0) { $0 + Int(even[$1]) << 8 + Int(even[$1 + 1]) }
        while n > 0xffff { n = n >> 16 + n & 0xffff }
        return UInt16(n)
    }
    static func put(_ value: UInt16, at: Int, in bytes: inout [UInt8]) {
        (bytes[at], bytes[at + 1]) = (UInt8(value >> 8), UInt8(value & 255))
    }
    /// Returns a packet with correct checksums. `isOffloaded`: the transport checksum is the sum of the pseudo-header
    /// alone.
    static func filled(_ given: [UInt8], header: Int, isUDP: Bool = false, isOffloaded: Bool = false) -> [UInt8] {
        var bytes = given
        let addresses = header == 40 ? 8..<40 : 12..<20
        let transport = Array(bytes[header...])
        let pseudo = Array(bytes[addresses]) + [0, isUDP ? 17 : 6] + be32(UInt32(transport.count))
        let whole = sum(pseudo + transport)
        put(isOffloaded ? sum(pseudo) : ~whole == 0 ? 0xffff : ~whole, at: header + (isUDP ? 6 : 16), in: &bytes)
        if header != 40 { put(~sum(Array(bytes[..<header])), at: 10, in: &bytes) }
        return bytes
    }
    static func udp(_ payload: [UInt8], isIPv6: Bool = false) -> [UInt8] {
        let datagram = be16(40_000) + be16(7075) + be16(8 + payload.count) + [0, 0] + payload
        if isIPv6 {
            let (a, b) = LayersTests.v6
            return [0x60, 0, 0, 0] + be16(datagram.count) + [17, 64] + a.address + b.address + datagram
        }
        return [0x45, 0] + be16(20 + datagram.count) + [0, 1, 0x40, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]
            + datagram
    }

    /// The checksum of a well-known example header is correct.
    @Test func knownPacket() {
        var bytes: [UInt8] = [
            0x45, 0, 0, 0x73, 0, 0, 0x40, 0, 0x40, 0x11, 0xb8, 0x61, 0xc0, 0xa8, 0, 1, 0xc0, 0xa8, 0, 0xc7,
        ]
        bytes += [0x12, 0x34, 0x1b, 0xa3, 0, 0x5f, 0, 0] + [UInt8](repeating: 7, count: 87)
        // The UDP header has no checksum.
        #expect(result(bytes) == .unchecked)
        bytes[11] = 0x60
        #expect(result(bytes) == .wrong(header: "IPv4", value: 0xb860, wanted: 0xb861))
    }
    /// Each changed bit of a packet is found, in every wrapping.
    @Test(arguments: [Wrapping.ipv4, .ipv4Options, .ipv6, .ethernet6Extensions, .vlan])
    func everyBit(_ wrapping: Wrapping) throws {
        let wire = LayersTests().wire(wrapping)
        let bare = wrapping.packet(wire.say(Array("hello".utf8), at: 0))
        let frame = wrapping.link == .ethernet ? (wrapping == .vlan ? 18 : 14) : 0
        let network = Array(bare[frame...])
        let header = network[0] >> 4 == 6 ? 40 : Int(network[0] & 15) * 4
        // Extension headers precede TCP. A routing header with remaining segments leads to another sum.
        guard wrapping != .ethernet6Extensions else { return #expect(result(bare, .ethernet) != .right) }
        let good = Array(bare[..<frame]) + Self.filled(network, header: header)
        #expect(result(good, wrapping.link) == .right)
        for bit in 8 * (frame + header)..<8 * good.count {
            var bad = good
            bad[bit / 8] ^= 1 << UInt8(bit % 8)
            switch result(bad, wrapping.link) {
            case .wrong(let name, let value, let wanted):
                #expect(name == "TCP" && value != wanted)
                // The expected checksum is correct.
                let at = frame + header + 16
                var mended = bad
                Self.put(wanted, at: at, in: &mended)
                #expect(result(mended, wrapping.link) == .right)
            // The header length is invalid, or the checksum became the sum of the pseudo-header.
            case .unchecked: #expect(bit / 8 == frame + header + 12)
            default: Issue.record("bit \(bit) is not missed")
            }
        }
    }
    @Test(arguments: [false, true]) func datagrams(_ isIPv6: Bool) {
        for payload in [[], [9], [1, 2, 3, 4, 5], [UInt8](repeating: 0xff, count: 1201)] as [[UInt8]] {
            let header = isIPv6 ? 40 : 20
            let bare = Self.udp(payload, isIPv6: isIPv6)
            let good = Self.filled(bare, header: header, isUDP: true)
            #expect(result(good) == .right && result(bare) == .unchecked)
            let offloaded = Self.filled(bare, header: header, isUDP: true, isOffloaded: true)
            #expect(result(offloaded) == .unfilled)
            var bad = good
            bad[header + 1] ^= 1
            if case .wrong("UDP", _, _) = result(bad) {} else { Issue.record("a port changed") }
            // The end was not captured.
            if !payload.isEmpty { #expect(result(Array(good.dropLast()), length: good.count) == .unchecked) }
        }
    }
    /// A packet with a wrong checksum is not read, because the receiver drops it. The correct retransmission is read.
    @Test func changedAndSentAgain() {
        let wire = Wire2()
        let right = Self.filled(Wrapping.ipv4.packet(wire.say(text("hello"), at: 0)), header: 20)
        var changed = right
        changed[changed.count - 1] ^= 0x20
        let opening = wire.opening.map { Tapped(Self.filled(Wrapping.ipv4.packet($0), header: 20)) }
        let packets = opening + [Tapped(changed), Tapped(right)]
        let (kept, tally) = tap(packets, .ipv4, reading: ReadingOptions(checksums: true))
        #expect(kept.said == ["> toy.text hello"] && kept.records.map { Array($0.frames) } == [[5]])
        #expect(
            kept.captureNotes.map(\.frame) == [4] && kept.captureNotes[0].text.hasPrefix("the checksum of TCP is 0x"))
        #expect((tally.checksums.right, tally.checksums.wrong, tally.contradictions) == (4, 1, 0))
        let (taken, unchecked) = tap(packets, .ipv4)
        #expect(taken.said != kept.said && unchecked.checksums.isEmpty && unchecked.contradictions == 1)
    }
    /// A fragmented packet is checked when it is complete, each fragment by its own header.
    @Test func fragments() {
        let whole = Self.filled(Wrapping.ipv4.packet(Wire2().say(text("hello"), at: 0)), header: 20)
        func fragment(_ range: Range<Int>, _ more: Bool, damage: Bool = false) -> Tapped {
            var header = Array(whole[..<20])
            header.replaceSubrange(2..<4, with: be16(20 + range.count))
            header.replaceSubrange(6..<8, with: be16((more ? 0x2000 : 0) + range.lowerBound / 8))
            Self.put(0, at: 10, in: &header)
            Self.put(~Self.sum(header), at: 10, in: &header)
            if damage { header[8] ^= 1 }
            return Tapped(header + whole[(20 + range.lowerBound)..<(20 + range.upperBound)])
        }
        let last = 16..<whole.count - 20
        let (kept, tally) = tap(
            [fragment(0..<16, true), fragment(last, false)], .ipv4, reading: ReadingOptions(checksums: true))
        #expect(kept.said == ["> toy.text hello"] && tally.checksums.right == 3)
        let (less, counts) = tap(
            [fragment(0..<16, true), fragment(last, false, damage: true)], .ipv4,
            reading: ReadingOptions(checksums: true))
        #expect(less.said.isEmpty && counts.checksums.wrong == 1 && counts.lostFragmentedPackets == 1)
    }
}
