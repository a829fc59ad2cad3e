import Node
import Testing

@testable import Capture

/// Tests of frames of serial lines, log messages and PPI whose headers are invalid or carry no messages.
struct SerialFrameTests {
    let ip = Wrapping.raw.packet(Wire2().say(text("hello"), at: 0))
    func layers(_ bytes: [UInt8], _ link: LinkType) -> Layers {
        Layers(
            Packet(
                number: 1, time: Timestamp(nanoseconds: 0), length: bytes.count, link: link, bytes: bytes.span.bytes))
    }
    @Test func framesWithoutMessages() {
        #expect(layers([0xff, 3, 0xc0, 0x21, 1, 1, 0, 4], .ppp) == .other, "LCP")
        #expect(layers([0x0f, 0, 0x80, 0x35, 0, 0, 0, 2], .ciscoHDLC) == .other, "SLARP")
        #expect(layers([0, 1, 3, 8, 0, 0x75], .frameRelay) == .other, "link management")
        #expect(layers([3, 0, 0, 0, 8, 0, 9, 0, 0, 1, 8, 0], .netfilterLog) == .other, "ARP")
        #expect(layers([2, 0, 0, 0, 8, 0, 1, 0, 8, 0, 1, 0], .netfilterLog) == .other, "no packet")
    }
    /// A tunnel that is not opened is not silent.
    @Test func unopenedFrames() {
        #expect(layers([0xff, 3, 0, 0xfd, 1, 2, 3], .ppp) == .unopened(.ppp))
        #expect(layers([0xff, 3, 0, 0x2d, 1, 2, 3], .pppInHDLC) == .unopened(.ppp))
        #expect(layers([0x18, 0x41, 3, 0xb1, 0x80, 1], .frameRelay) == .unopened(.frameRelay))
    }
    @Test func headersThatLie() {
        #expect(layers([0x18, 0x40, 0x40, 0x40, 0x41] + ip, .frameRelay) == .damaged, "an address of 5 bytes")
        #expect(layers([0x19, 3, 0xcc] + ip, .frameRelay) == .damaged, "an address of 1 byte")
        #expect(layers([2, 0x40] + [UInt8](repeating: 0, count: 14) + ip, .slip) == .damaged, "direction 2")
        guard case .tcp = layers(ip, .slip) else { return #expect(Bool(false), "no header of the capture") }
        #expect(layers([2, 1, 0, 0] + be16(ip.count + 4) + [0, 9] + ip, .netfilterLog) == .damaged, "version 1")
        #expect(layers([2, 0, 0, 0, 3, 0, 1, 0] + ip, .netfilterLog) == .damaged, "an attribute of 3 bytes")
        #expect(layers([0, 0, 7, 0, 1, 0, 0, 0] + ip, .perPacketInformation) == .damaged, "a header of 7 bytes")
        #expect(layers([0, 0, 8, 0, 192, 0, 0, 0] + ip, .perPacketInformation) == .damaged, "PPI in PPI")
    }
    /// The packet filter may log only the first bytes of a packet, whose own length shows the others.
    @Test func loggedPacketThatWasCut() {
        let cut = Array(ip.dropLast(3))
        let bytes = [2, 0, 0, 0] + be16(cut.count + 4).reversed() + [9, 0] + cut
        guard case .tcp(let segment) = layers(bytes, .netfilterLog) else { return #expect(Bool(false)) }
        #expect(segment.length == 9 && segment.payload.count == 6)
    }
    /// A frame of a link type that is not decoded is counted under that type, also in PPI.
    @Test func foreignTypeInPPI() {
        let (kept, tally) = tap([Tapped([0, 0, 8, 0, 147, 0, 0, 0] + ip)], .perPacketInformation)
        #expect(kept.records.isEmpty && tally.foreignPackets == 1 && tally.foreignLink == LinkType(rawValue: 147))
    }
    /// Several packets in a frame of 802.11 are found in PPI too.
    @Test func severalPacketsInPPI() {
        let wireless = WirelessTests()
        let wire = Wire2()
        let packets = [wire.say(text("a"), at: -1, .syn), wire.say(text("b"), at: 5)].map {
            wireless.snap + Wrapping.raw.packet($0)
        }
        let (kept, _) = tap(
            [Tapped([0, 0, 8, 0, 105, 0, 0, 0] + wireless.aggregate(packets))], .perPacketInformation)
        #expect(kept.said == ["> toy.text a", "> toy.text b"])
    }
}
