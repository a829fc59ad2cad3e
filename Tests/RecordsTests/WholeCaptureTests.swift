import Capture
import Testing

@testable import Records

/// pcapng of all packets, as a source of live capture writes it.
struct WholeCaptureTests {
    /// Writes packets of two bytes, one each second. `waits` is true if the packet waits for others.
    func written(_ renderer: inout PcapngRenderer, _ number: Int, waits: Bool) -> [UInt8] {
        var out: [UInt8] = []
        let bytes: [UInt8] = [0xa0, UInt8(number)]
        renderer.packet(
            Packet(
                number: number, time: Timestamp(seconds: Int64(number), nanoseconds: 0), length: 2, link: .ethernet,
                bytes: bytes.span.bytes))
        renderer.settled(flow: 1, waits: waits, to: &out)
        return out
    }
    func has(_ out: [UInt8], _ number: Int) -> Bool {
        zip(out, out.dropFirst()).contains { $0 == 0xa0 && $1 == number }
    }

    @Test func everyPacketIsThere() {
        var whole = PcapngRenderer(application: "t", isWhole: true)
        #expect(has(written(&whole, 1, waits: false), 1))
        var wanted = PcapngRenderer(application: "t")
        #expect(!has(written(&wanted, 1, waits: false), 1))
    }
    /// A packet does not wait long for the rest of its message. Later packets or elapsed time end the wait.
    @Test func noneWaitsLong() {
        var whole = PcapngRenderer(application: "t", isWhole: true)
        #expect(!has(written(&whole, 1, waits: true), 1))
        let next = written(&whole, 2, waits: true)
        #expect(has(next, 1) && !has(next, 2))
        var out: [UInt8] = []
        whole.rest(Timestamp(seconds: 2, nanoseconds: 400_000_000), to: &out)
        #expect(out.isEmpty)
        whole.rest(Timestamp(seconds: 2, nanoseconds: 600_000_000), to: &out)
        #expect(has(out, 2))
        // If only packets of messages are needed, they wait.
        var wanted = PcapngRenderer(application: "t")
        _ = written(&wanted, 1, waits: true)
        out = []
        wanted.rest(Timestamp(seconds: 9, nanoseconds: 0), to: &out)
        #expect(out.isEmpty && wanted.missed == 0)
    }
}
