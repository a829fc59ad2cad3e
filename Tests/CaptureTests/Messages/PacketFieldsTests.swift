import Nano
import Node
import Testing

@testable import Capture

/// Tests of the packet fields of records, compared with the values of tshark: `frame.number`, `frame.len`,
/// `frame.time_delta`, `tcp.stream`.
struct PacketFieldsTests {
    static let told: [Int: (length: Int, sincePrevious: Int64, stream: Int32)] = [
        4: (106, 4_702_000, 0), 6: (266, 7_190_000, 0), 8: (234, 755_000, 0), 13: (106, 277_000, 1),
        15: (202, 4_914_000, 1), 17: (234, 735_000, 1), 22: (106, 1_015_000, 2), 24: (266, 5_806_000, 2),
        26: (266, 2_845_000, 2), 27: (106, 110_000, 2),
    ]
    @Test func asWireshark() throws {
        var capture = try CaptureReader(NanoCaptureTests.folder + "nano-node-light-responder-bug.pcap", [.nano])
        var count = 0
        while let message = try capture.next() {
            let record = message.record
            guard record.kind == .message, let told = record.frames.last.flatMap({ Self.told[$0] }) else { continue }
            count += 1
            #expect(record.packetLength == told.length && record.sincePrevious == told.sincePrevious)
            #expect(record.tcpStream == told.stream)
            #expect(record.flow == Int(told.stream) + 1)
        }
        #expect(count == 10)
    }
}
