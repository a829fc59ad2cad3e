import Node
import Testing

@testable import Capture

/// Tests of the same packet in every wrapping, and of invalid headers.
struct LayersTests {
    static let v6 = (
        Endpoint(high: 0x2001_0db8 << 32, low: 1, port: 40_000), Endpoint(high: 0x2001_0db8 << 32, low: 2, port: 9000)
    )
    func wire(_ wrapping: Wrapping) -> Wire2 {
        var wire = Wire2()
        if wrapping.isIPv6 { (wire.client, wire.server) = Self.v6 }
        return wire
    }
    func layers(_ bytes: [UInt8], _ link: LinkType, length: Int? = nil) -> Layers {
        Layers(
            Packet(
                number: 1, time: Timestamp(nanoseconds: 0), length: length ?? bytes.count, link: link,
                bytes: bytes.span.bytes))
    }

    @Test(arguments: Wrapping.allCases) func sameRecordInEveryWrapping(_ wrapping: Wrapping) throws {
        let wire = wire(wrapping)
        let (kept, tally) = tap(
            wire.opening + [wire.say(text("a"), at: 0), wire.answer(text("reply"), at: 0, received: 5)], wrapping)
        #expect(kept.said == ["> toy.text a", "< toy.text reply"])
        #expect(kept.records.map(\.source) == [wire.client, wire.server])
        #expect(kept.records.map(\.destination) == [wire.server, wire.client])
        #expect(kept.records.map { Array($0.frames) } == [[4], [5]])
        #expect(kept.notes.isEmpty)
        #expect(tally.payload == 14)
        #expect(tally.damagedPackets + tally.otherPackets + tally.fragments == 0)
    }
    /// A packet that is cut at any byte gives the rest of its payload, or is damaged.
    @Test(arguments: Wrapping.allCases) func cutAnywhere(_ wrapping: Wrapping) {
        let segment = wire(wrapping).say(text("hello"), at: 0)
        let whole = wrapping.packet(segment)
        for count in 0..<whole.count {
            let seen = layers(Array(whole.prefix(count)), wrapping.link, length: whole.count)
            if case .tcp(let part) = seen {
                #expect(part.payload.upperBound <= count)
                #expect(part.length == 9)
            } else {
                #expect(seen == .damaged, "\(count) of \(whole.count) bytes")
            }
            // If the wire had no more bytes, the result contains only existing bytes.
            if case .tcp(let part) = layers(Array(whole.prefix(count)), wrapping.link) {
                #expect(part.payload.upperBound <= count)
                #expect(part.length == part.payload.count)
            }
        }
    }
    @Test func headersThatLie() {
        let good = Wrapping.ipv4.packet(Wire2().say(text("hello"), at: 0))
        func changed(_ at: Int, _ byte: UInt8) -> Layers {
            var bytes = good
            bytes[at] = byte
            return layers(bytes, .ipv4)
        }
        #expect(changed(0, 0x44) == .damaged, "IPv4 header of 16 bytes")
        #expect(changed(0, 0x4f) == .damaged, "IPv4 header of 60 bytes makes TCP begin inside the payload")
        #expect(changed(0, 0x65) == .damaged, "version 6 in an IPv4 packet")
        #expect(changed(3, 19) == .damaged, "total length below the header")
        #expect(changed(3, 30) == .damaged, "total length inside the TCP header")
        guard case .fragment(let first) = changed(6, 0x20) else { return #expect(Bool(false), "more follow") }
        #expect(first.offset == 0 && first.more && first.next == 6 && first.payload == 20..<61 && first.length == 41)
        guard case .fragment(let last) = changed(7, 1) else { return #expect(Bool(false), "not the first") }
        #expect(last.offset == 8 && !last.more && last.key == first.key)
        #expect(changed(9, 1) == .other, "ICMP")
        guard case .udp(let datagram) = changed(9, 17) else { return #expect(Bool(false), "UDP") }
        #expect(datagram.payload == 28..<61 && datagram.length == 33)
        #expect(changed(32, 0x40) == .damaged, "TCP header of 16 bytes")
        #expect(changed(32, 0xf0) == .damaged, "TCP header longer than the packet")
        // A total length beyond the packet is cut to the packet.
        guard case .tcp(let long) = changed(2, 0xff) else { return #expect(Bool(false)) }
        #expect(long.length == 9)
        // With segmentation offload, the total length is 0.
        var offloaded = good
        (offloaded[2], offloaded[3]) = (0, 0)
        guard case .tcp(let whole) = layers(offloaded, .ipv4) else { return #expect(Bool(false)) }
        #expect(whole.length == 9)
    }
    @Test func extensionHeadersEnd() {
        let head: [UInt8] = [0x60, 0, 0, 0, 0xff, 0xff, 0, 64] + [UInt8](repeating: 1, count: 32)
        // A hop-by-hop header that repeats itself.
        let loop = (0..<5000).flatMap { _ in [0, 0, 0, 0, 0, 0, 0, 0] as [UInt8] }
        #expect(layers(head + loop, .ipv6) == .damaged)
        #expect(layers(head + [43, 255] + loop, .ipv6) == .damaged)
        #expect(layers(head + [59, 0, 0, 0, 0, 0, 0, 0], .ipv6) == .other, "no next header")
        let cut = layers(head.dropLast(34) + [44, 64] + head.suffix(32) + [6, 0, 0, 9, 0, 0, 0, 9, 1, 2], .ipv6)
        guard case .fragment(let part) = cut else { return #expect(Bool(false), "a fragment") }
        #expect(part.offset == 8 && part.more && part.next == 6 && part.key.identification == 9 && part.length == 2)
    }
    @Test func otherFrames() {
        let arp = [UInt8](repeating: 0, count: 12) + [8, 6] + [UInt8](repeating: 0, count: 28)
        #expect(layers(arp, .ethernet) == .other)
        #expect(layers([9, 9, 9, 9, 0x45], .loop) == .other)
        #expect(layers([2, 0, 0, 0], .null) == .damaged)
        let tags = [UInt8](repeating: 0, count: 12) + (0..<500).flatMap { _ in [0x81, 0, 0, 1] as [UInt8] }
        #expect(layers(tags, .ethernet) == .damaged)
    }
}
