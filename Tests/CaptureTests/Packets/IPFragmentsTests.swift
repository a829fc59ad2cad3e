import Node
import Testing

@testable import Capture

/// Tests of a toy packet that IP cuts into fragments, in every order, and of contradictory fragments.
struct IPFragmentsTests {
    let wire = Wire2()

    /// Returns the IPv4 fragments of a segment, cut at multiples of 8 bytes.
    static func v4(_ segment: Tap, cuts: [Int], identification: Int = 7) -> [[UInt8]] {
        let tcp = segment.tcp
        return zip([0] + cuts, cuts + [tcp.count]).map { from, to in
            let place = (to < tcp.count ? 0x2000 : 0) | from / 8
            return [0x45, 0] + be16(20 + to - from) + be16(identification) + be16(place) + [64, 6, 0, 0]
                + segment.from.address.suffix(4) + segment.to.address.suffix(4) + tcp[from..<to]
        }
    }
    static func v6(_ segment: Tap, cuts: [Int], identification: UInt32 = 7) -> [[UInt8]] {
        // A destination options header belongs to the fragmented part.
        let content: [UInt8] = [6, 0, 1, 4, 0, 0, 0, 0] + segment.tcp
        return zip([0] + cuts, cuts + [content.count]).map { from, to in
            [0x60, 0, 0, 0] + be16(8 + to - from) + [44, 64] + segment.from.address + segment.to.address
                + [60, 0] + be16(from | (to < content.count ? 1 : 0)) + be32(identification) + content[from..<to]
        }
    }
    var opening: [Tapped] { wire.opening.map { Tapped(Wrapping.raw.packet($0)) } }

    @Test(arguments: [false, true], [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 1, 1, 0, 2]])
    func putTogether(_ isIPv6: Bool, _ order: [Int]) {
        var wire = wire
        if isIPv6 { (wire.client, wire.server) = LayersTests.v6 }
        let body = String(repeating: "x", count: 100)
        let segment = wire.say(text(body), at: 0)
        let pieces = isIPv6 ? Self.v6(segment, cuts: [16, 64]) : Self.v4(segment, cuts: [8, 48])
        let (kept, tally) = tap(order.map { Tapped(pieces[$0]) }, .raw)
        #expect(kept.said == ["> toy.text \(body)"])
        #expect(tally.fragments == order.count && tally.reassembledPackets == 1 && tally.lostFragmentedPackets == 0)
        #expect(kept.captureNotes.isEmpty)
        #expect(tally.damagedPackets + tally.otherPackets == 0)
    }
    /// RFC 5722: a packet with overlapping fragments is dropped completely, and so are its later fragments.
    @Test(arguments: [false, true]) func overlapDropsThePacket(_ isIPv6: Bool) {
        var wire = wire
        if isIPv6 { (wire.client, wire.server) = LayersTests.v6 }
        let segment = wire.say(text(String(repeating: "x", count: 100)), at: 0)
        let cut = { isIPv6 ? Self.v6(segment, cuts: $0) : Self.v4(segment, cuts: $0) }
        let (good, lie) = (cut([16, 64]), cut([24, 72]))
        var changed = good[1]
        changed[changed.count - 1] ^= 1
        for bad in [
            [good[0], lie[1], good[2], good[1]], [good[1], changed, good[0], good[2]], [good[2], lie[2], good[0]],
        ] {
            let (kept, tally) = tap(bad.map { Tapped($0) }, .raw)
            #expect(kept.records.isEmpty)
            #expect(tally.reassembledPackets == 0 && tally.lostFragmentedPackets == 1)
            #expect(kept.captureNotes.count == 1 && kept.captureNotes[0].text.contains("RFC 5722"))
        }
    }
    @Test func liesAboutThePlace() {
        let segment = wire.say(text("hello"), at: 0)
        let good = Self.v4(segment, cuts: [16])
        // Beyond the longest packet; not a multiple of 8; after the last fragment.
        var far = good[1]
        (far[6], far[7]) = (0x1f, 0xff)
        var odd = good[0]
        odd[3] -= 1
        var behind = good[0]
        (behind[6], behind[7]) = (0x20, 64)
        for bad in [[far], [Array(odd.dropLast())], [good[1], behind]] {
            let (kept, tally) = tap(bad.map { Tapped($0) } + [Tapped(good[0])], .raw)
            #expect(kept.records.isEmpty && tally.reassembledPackets == 0, "\(bad.count)")
        }
    }
    /// The same identification after a long time means another packet (RFC 8200, 4.5: 60 s).
    @Test func timeOut() {
        let segment = wire.say(text("hello"), at: 0)
        let pieces = Self.v4(segment, cuts: [16])
        for (seconds, whole) in [(59, 1), (61, 0)] as [(Int64, Int)] {
            let (_, tally) = tap([Tapped(pieces[0]), Tapped(pieces[1], time: seconds * 1_000_000_000)], .raw)
            #expect(tally.reassembledPackets == whole)
            #expect(tally.lostFragmentedPackets == (whole == 1 ? 0 : 2))
        }
    }
    @Test func snapLengthCutsAFragment() {
        let pieces = Self.v4(wire.say(text("hello"), at: 0), cuts: [16])
        let (_, tally) = tap(
            [Tapped(pieces[0]), Tapped(Array(pieces[1].dropLast(2)), length: pieces[1].count)], .raw)
        #expect(tally.reassembledPackets == 0 && tally.lostFragmentedPackets == 1)
    }
    /// One fragment of each of 65,535 packets arrives. Memory stays within its limit, and the next packet is
    /// reassembled.
    @Test func neverCompleted() {
        var fragments = IPFragments()
        let segment = wire.say(text(String(repeating: "x", count: 200)), at: 0)
        var most = 0
        for i in 0..<65_535 {
            let bytes = Self.v4(segment, cuts: [128], identification: i)[0]
            guard case .fragment(let fragment) = LayersTests().layers(bytes, .raw) else { return #expect(Bool(false)) }
            let outcome = fragments.receive(
                fragment, bytes.span.bytes, Mark(frame: i, time: Timestamp(nanoseconds: Int64(i))))
            guard case .waits = outcome else { return #expect(Bool(false)) }
            most = max(most, fragments.memory)
        }
        #expect(fragments.waiting <= IPFragments.packetLimit && most <= IPFragments.byteLimit + 1000)
        #expect(fragments.givenUp == 65_535 - fragments.waiting)
        let last = Self.v4(segment, cuts: [128], identification: 65_534)[1]
        guard case .fragment(let fragment) = LayersTests().layers(last, .raw),
            case .whole(let whole) = fragments.receive(
                fragment, last.span.bytes, Mark(frame: 70_000, time: Timestamp(nanoseconds: 70_000)))
        else { return #expect(Bool(false)) }
        #expect(whole.bytes == segment.tcp)
        fragments.finish()
        #expect(fragments.memory == 0)
    }
    /// A mirror port captures each fragment twice. The reassembler counts no packet as lost.
    @Test func reassemblesFragmentsCapturedTwice() {
        let pieces = Self.v4(wire.say(text(String(repeating: "x", count: 200)), at: 0), cuts: [64, 128])
        let (_, tally) = tap(pieces.flatMap { [Tapped($0), Tapped($0)] }, .raw)
        #expect(tally.reassembledPackets == 1 && tally.lostFragmentedPackets == 0)
    }
    /// One packet is reassembled from the maximum number of fragments of 8 bytes.
    @Test func eightBytesAtATime() {
        let segment = wire.say([UInt8](repeating: 0x5a, count: 60_000), at: 0)
        let pieces = Self.v4(segment, cuts: Array(stride(from: 8, to: segment.tcp.count, by: 8)))
        let (_, tally) = tap(pieces.map { Tapped($0) }, .raw)
        #expect(tally.reassembledPackets == 1 && tally.fragments == pieces.count)
        #expect(tally.payload == 60_000)
    }
}
