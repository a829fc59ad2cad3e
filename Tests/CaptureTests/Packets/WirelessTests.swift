import Node
import Testing

@testable import Capture

/// Tests of 802.11 with and without radiotap.
struct WirelessTests {
    let ip = Wrapping.raw.packet(Wire2().say(text("a"), at: 0))
    let snap: [UInt8] = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0]
    func frame(control: UInt8 = 0x08, flags: UInt8 = 1, extra: [UInt8] = [], sequence: UInt8 = 0) -> [UInt8] {
        [control, flags] + [UInt8](repeating: 0, count: 20) + [sequence, 0] + extra + snap + ip
    }
    func said(_ bytes: [UInt8], _ link: LinkType = .ieee80211) -> [String] { tap([Tapped(bytes)], link).0.said }
    let good = ["> toy.text a"]

    @Test func dataFrames() {
        #expect(said(frame()) == good)
        #expect(said(frame(control: 0x88, extra: [0, 0])) == good, "quality of service")
        #expect(said(frame(control: 0x88, flags: 0x81, extra: [0, 0, 1, 2, 3, 4])) == good, "and high throughput")
        #expect(said(frame(flags: 3, extra: [1, 2, 3, 4, 5, 6])) == good, "four addresses")
    }
    @Test func othersSayNothing() {
        let (sealed, tally) = tap([Tapped(frame(flags: 0x41))], .ieee80211)
        #expect(sealed.records.isEmpty && tally.unopened[.wireless] == 1 && tally.otherPackets == 0, "encrypted")
        for f in [
            frame(control: 0x48), frame(control: 0x80), frame(control: 0xb4), frame(sequence: 1),
            frame(flags: 5),
        ] {
            let (kept, tally) = tap([Tapped(f)], .ieee80211)
            #expect(kept.records.isEmpty && tally.otherPackets == 1)
        }
        #expect(tap([Tapped([0xd4, 0, 0, 0, 1, 2, 3, 4, 5, 6])], .ieee80211).1.otherPackets == 1, "an acknowledgement")
    }
    /// Returns a frame of these packets. Each packet follows two addresses and its length, and is padded to four bytes.
    func aggregate(_ packets: [[UInt8]], flags: UInt8 = 1) -> [UInt8] {
        var out: [UInt8] = [0x88, flags] + [UInt8](repeating: 0, count: 22) + [0x80, 0]
        for (i, p) in packets.enumerated() {
            out += [UInt8](repeating: 6, count: 12) + be16(p.count) + p
            if i < packets.count - 1 { out += [UInt8](repeating: 0, count: (4 - (14 + p.count) % 4) % 4) }
        }
        return out
    }
    @Test func eachOfSeveral() {
        let wire = Wire2()
        func packet(_ tap: Tap) -> [UInt8] { snap + Wrapping.raw.packet(tap) }
        var other = wire
        other.client.port = 41_000
        let all = [
            packet(wire.say(text("a"), at: -1, .syn)), packet(other.say(text("bcd"), at: -1, .syn)), [1, 2, 3], [],
            packet(wire.say(text("ef"), at: 5)),
        ]
        let wanted = ["> toy.text a", "> toy.text bcd", "> toy.text ef"]
        #expect(said(aggregate(all)) == wanted)
        #expect(said([0, 0, 8, 0, 0, 0, 0, 0] + aggregate(all), .radiotap) == wanted)
        // A checksum of four bytes follows the frame.
        let (kept, tally) = tap([Tapped(aggregate(all) + [9, 9, 9, 9])], .ieee80211)
        #expect(kept.said == wanted && kept.records.allSatisfy { $0.frames == FrameNumbers(1) })
        #expect((tally.packets, tally.flows, tally.damagedPackets) == (1, 2, 0))
        #expect(said(aggregate(all, flags: 0x41)) == [], "encrypted")
        let whole = aggregate(all)
        for count in 24..<whole.count {
            let (kept, _) = tap([Tapped(Array(whole.prefix(count)), length: whole.count)], .ieee80211)
            #expect(kept.said.filter { $0.hasPrefix("> toy.text") }.count < 3, "\(count) bytes")
        }
        #expect(tap([Tapped(Array(whole.prefix(30)))], .ieee80211).1.damagedPackets == 1)
    }
    /// A frame is kept while one of its packets may still be part of a record.
    @Test func severalAreKeptForAll() {
        struct Sink: RecordSink {
            var settled: [String] = []
            var wantsPackets: Bool { true }
            mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {}
            mutating func settled(flow: Int, waits: Bool) { settled.append("\(flow) \(waits)") }
        }
        func settled(_ taps: [Tap]) -> [String] {
            var table = FlowTable([.toy])
            var sink = Sink()
            let bytes = aggregate(taps.map { snap + Wrapping.raw.packet($0) })
            let time = Timestamp(nanoseconds: 0)
            table.receive(
                Packet(number: 1, time: time, length: bytes.count, link: .ieee80211, bytes: bytes.span.bytes), &sink)
            return sink.settled
        }
        let wire = Wire2()
        var other = wire
        other.client.port = 41_000
        let (whole, part) = (text("abc"), Array(text("abc").dropLast()))
        #expect(settled([wire.say(whole, at: -1, .syn), other.say(whole, at: -1, .syn)]) == ["1 false", "2 false"])
        #expect(settled([wire.say(part, at: -1, .syn), other.say(whole, at: -1, .syn)]) == ["1 true"])
        #expect(settled([wire.say(whole, at: -1, .syn), other.say(part, at: -1, .syn)]) == ["2 true"])
        #expect(settled([wire.say(part, at: -1, .syn), other.say(part, at: -1, .syn)]) == ["0 true"])
        #expect(settled([]) == ["0 false"])
    }
    @Test func radiotap() {
        #expect(said([0, 0, 8, 0, 0, 0, 0, 0] + frame(), .radiotap) == good)
        // A timer, then flags that mark the 26-byte header as padded to four bytes.
        let timer: [UInt8] = [0, 0, 17, 0, 3, 0, 0, 0] + [UInt8](repeating: 9, count: 8) + [0x20]
        #expect(said(timer + frame(control: 0x88, extra: [0, 0, 0xee, 0xee]), .radiotap) == good)
        // The same flags after two presence words.
        let two: [UInt8] = [0, 0, 13, 0, 2, 0, 0, 0x80, 0, 0, 0, 0, 0x20]
        #expect(said(two + frame(control: 0x88, extra: [0, 0, 0xee, 0xee]), .radiotap) == good)
    }
    @Test func cutAnywhere() {
        let whole = [0, 0, 8, 0, 0, 0, 0, 0] + frame(control: 0x88, extra: [0, 0])
        for count in 0..<whole.count {
            let (kept, _) = tap([Tapped(Array(whole.prefix(count)), length: whole.count)], .radiotap)
            #expect(kept.said.allSatisfy { !$0.hasPrefix("> toy.text") }, "\(count) bytes")
        }
    }
}
