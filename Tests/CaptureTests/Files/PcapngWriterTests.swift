import Node
import Testing

@testable import Capture

/// Tests of written files, byte by byte against the format and as the reader reads them.
struct PcapngWriterTests {
    /// The constant bytes of a section block, up to its options.
    static let section: [UInt8] = [0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0] + [UInt8](repeating: 255, count: 8)
    func le32(_ n: UInt32) -> [UInt8] { be32(n).reversed() }
    func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
        le32(type) + le32(UInt32(body.count + 12)) + body + le32(UInt32(body.count + 12))
    }
    /// Returns the bytes that a change appended.
    func added(_ w: inout PcapngWriter, _ change: (inout PcapngWriter) -> Void) -> [UInt8] {
        let before = w.bytes.count
        change(&w)
        return Array(w.bytes[before...])
    }

    @Test func sectionHeader() {
        let wanted: [UInt8] =
            Self.section + [1, 0, 2, 0] + Array("hi".utf8) + [0, 0, 4, 0, 4, 0] + Array("tool".utf8) + [0, 0, 0, 0]
        #expect(PcapngWriter(application: "tool", comments: ["hi"]).bytes == block(0x0a0d_0d0a, wanted))
    }
    @Test func interfaces() {
        var w = PcapngWriter(application: "t")
        var numbers: [UInt32] = []
        #expect(
            added(&w) { numbers.append($0.addInterface(.raw)) }
                == block(1, [101, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0]))
        #expect(
            added(&w) { numbers.append($0.addInterface(.ethernet, name: "eth0")) }
                == block(
                    1,
                    [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 4, 0] + Array("eth0".utf8) + [9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0]))
        #expect(numbers == [0, 1])
    }
    @Test func names() {
        var w = PcapngWriter(application: "t")
        let v6 = Endpoint(high: 0x2001_0db8 << 32, low: 2, port: 9)
        let wanted: [UInt8] =
            [1, 0, 9, 0, 10, 0, 0, 1] + Array("peer".utf8) + [0, 0, 0, 0] + [2, 0, 18, 0, 0x20, 1, 0x0d, 0xb8]
            + [UInt8](repeating: 0, count: 11) + [2] + Array("n".utf8) + [0, 0, 0, 0, 0, 0, 0]
        #expect(
            added(&w) { $0.add(names: [(Endpoint(v4: 0x0a00_0001, port: 80), "pe\0er"), (v6, "n")]) }
                == block(4, wanted))
        #expect(added(&w) { $0.add(names: []) }.isEmpty)
    }
    @Test func packets() {
        var w = PcapngWriter(application: "t")
        w.addInterface(.raw)
        let wanted: [UInt8] =
            le32(0) + le32(0x0102_0304) + le32(0x0506_0708) + le32(3) + le32(9) + [7, 8, 9, 0]
            + [1, 0, 1, 0, 0x61, 0, 0, 0] + [1, 0, 2, 0] + Array("bc".utf8) + [0, 0] + [0, 0, 0, 0]
        #expect(
            added(&w) {
                $0.add(
                    packet: [7, 8, 9], at: Timestamp(nanoseconds: 0x0102_0304_0506_0708), length: 9,
                    comments: ["a", "bc"])
            } == block(6, wanted))
        // A packet without comments has no options. A time before 1970 is written as 1970.
        #expect(
            added(&w) { $0.add(packet: [1, 2, 3, 4], at: Timestamp(nanoseconds: -5), length: 2) }
                == block(6, le32(0) + le32(0) + le32(0) + le32(4) + le32(4) + [1, 2, 3, 4]))
    }
    /// A packet of an interface that was not added still gives a readable file.
    @Test func missingInterface() {
        var w = PcapngWriter(application: "t")
        let bytes = added(&w) { $0.add(packet: [], at: Timestamp(nanoseconds: 0), interface: 1) }
        #expect(bytes.starts(with: le32(1)) && bytes.count == 2 * 32 + 32)
    }
    /// A text up to the maximum length of an option is kept. A longer text is cut before the first character that does
    /// not fit, and marked.
    @Test(arguments: ["x", "é", "€", "👩‍👧"]) func longText(_ c: String) throws {
        for extra in 0...c.utf8.count + 4 {
            let count = (65_535 + extra) / c.utf8.count
            let text = String(repeating: c, count: count)
            var w = PcapngWriter(application: "t")
            w.addInterface(.raw)
            let bytes = added(&w) { $0.add(packet: [], at: Timestamp(nanoseconds: 0), comments: [text]) }
            let length = Int(bytes[30]) + Int(bytes[31]) << 8
            let value = Array(bytes[32..<32 + length])
            let shown = try #require(String(validating: value, as: UTF8.self))
            if text.utf8.count <= 65_535 {
                #expect(shown == text)
            } else {
                #expect(shown.hasSuffix("…") && text.hasPrefix(shown.dropLast()) && length <= 65_535)
                #expect(length > 65_535 - c.utf8.count - 3 && (shown.utf8.count - 3) % c.utf8.count == 0)
            }
        }
    }
    /// A written file can be read again, with everything that the writer added.
    @Test func readBack() throws {
        let wire = Wire2()
        let segments = wire.opening + [wire.say(text("a"), at: 0), wire.say(text("b"), at: 5)]
        var w = PcapngWriter(application: "meshspec", comments: ["all of it", "and more"])
        w.addInterface(.ethernet, name: "made")
        w.add(names: [(wire.client, "client"), (wire.server, "server")])
        for (i, s) in segments.enumerated() {
            w.add(
                packet: Wrapping.ethernet.packet(s), at: Timestamp(nanoseconds: 1_767_322_800_060_123_456 + Int64(i)),
                comments: (0..<i).map { "comment \($0)" })
        }
        let file = try TemporaryFile(w.bytes)
        var pcap = try CaptureFile(file.path)
        var kept = Kept()
        var table = FlowTable([.toy])
        #expect(table.read(&pcap, &kept) == nil)
        #expect(kept.said == ["> toy.text a", "> toy.text b"] && table.tally.packets == 5)
        #expect(kept.records[1].time.nanoseconds == 1_767_322_800_060_123_460)
        // The reader keeps all the information that the writer adds to the packets.
        #expect(pcap.information.comments == ["all of it", "and more"])
        #expect(pcap.information.interfaces.map(\.name) == ["made"] && pcap.information.interfaces[0].link == .ethernet)
        #expect(pcap.information.names.map(\.name) == ["client", "server"])
    }
    @Test func rawPackets() throws {
        var w = PcapngWriter(application: "meshspec")
        w.addInterface(.raw)
        w.add(packet: Wrapping.raw.packet(Wire2().say(text("a"), at: 0)), at: Timestamp(nanoseconds: 1))
        let file = try TemporaryFile(w.bytes)
        var pcap = try CaptureFile(file.path)
        #expect(try pcap.advance() && pcap.current().link == .raw)
    }
}
