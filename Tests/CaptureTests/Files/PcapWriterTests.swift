import Testing

@testable import Capture

/// Tests that a written classic pcap file can be read.
struct PcapWriterTests {
    @Test func packets() throws {
        var writer = PcapWriter()
        let (one, other) = (
            writer.addInterface(CaptureInterface(link: .raw)), writer.addInterface(CaptureInterface(link: .ethernet))
        )
        let again = writer.addInterface(CaptureInterface(link: .raw, name: "second"))
        for (i, (device, time)) in [(one, 1_000_000_002), (other, 3), (again, 4), (9, 5), (one, -7)].enumerated() {
            writer.add(
                packet: [0x45, UInt8(i)], at: Timestamp(nanoseconds: Int64(time)), length: i == 0 ? 90 : nil,
                interface: device, comments: ["left out"])
        }
        #expect(writer.omitted == 2)
        writer.end()
        let file = try TemporaryFile(writer.take())
        var capture = try CaptureFile(file.path)
        var read: [(Int64, Int, [UInt8])] = []
        while try capture.advance() {
            let packet = capture.current()
            #expect(packet.link == .raw && packet.comments.isEmpty)
            read.append((packet.time.nanoseconds, packet.length, packet.bytes.withUnsafeBytes { [UInt8]($0) }))
        }
        #expect(read.map(\.0) == [1_000_000_002, 4, 0] && read.map(\.1) == [90, 2, 2])
        #expect(read.map(\.2) == [[0x45, 0], [0x45, 2], [0x45, 4]])
    }
    /// A capture without packets is valid.
    @Test func nothing() throws {
        var writer = PcapWriter()
        writer.end()
        writer.end()
        let file = try TemporaryFile(writer.take())
        var capture = try CaptureFile(file.path)
        #expect(try !capture.advance())
    }
}
