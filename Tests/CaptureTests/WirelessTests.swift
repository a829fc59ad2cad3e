import Testing

@testable import Capture

/// 802.11 with and without radiotap.
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
        for f in [
            frame(flags: 0x41), frame(control: 0x48), frame(control: 0x80), frame(control: 0xb4), frame(sequence: 1),
            frame(flags: 5), frame(control: 0x88, extra: [0x80, 0]),
        ] {
            let (kept, tally) = tap([Tapped(f)], .ieee80211)
            #expect(kept.records.isEmpty && tally.otherPackets == 1)
        }
        #expect(tap([Tapped([0xd4, 0, 0, 0, 1, 2, 3, 4, 5, 6])], .ieee80211).1.otherPackets == 1, "an acknowledgement")
    }
    @Test func radiotap() {
        #expect(said([0, 0, 8, 0, 0, 0, 0, 0] + frame(), .radiotap) == good)
        // A timer, then flags that say that the header is padded to four bytes: 26 bytes of it.
        let timer: [UInt8] = [0, 0, 17, 0, 3, 0, 0, 0] + [UInt8](repeating: 9, count: 8) + [0x20]
        #expect(said(timer + frame(control: 0x88, extra: [0, 0, 0xee, 0xee]), .radiotap) == good)
        // The same behind two words of what is present.
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
