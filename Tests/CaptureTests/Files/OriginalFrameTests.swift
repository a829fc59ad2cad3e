import Node
import Testing
import Wire

@testable import Capture

/// Tests of packets that were copied from another capture and keep the numbers they had there.
struct OriginalFrameTests {
    let wire = Wire2()

    @Test func comments() {
        for number in [1, 17, 1 << 53] {
            #expect(OriginalFrame.number(in: OriginalFrame.comment(number)) == number)
        }
        for other in [
            "", "original frame ", "original frame 0", "original frame -1", "original frame 017", "original frame +5",
            "original frame 9007199254740993", "original frame 99999999999999999999", "original frame 5 ",
            "the original frame 5",
        ] { #expect(OriginalFrame.number(in: other) == nil, "\(other)") }
    }
    /// Returns a file of packets with these comments. Each packet is a message.
    func file(_ comments: [[String]]) throws -> TemporaryFile {
        var writer = PcapngWriter(application: "test")
        writer.addInterface(.raw)
        for (i, comments) in comments.enumerated() {
            writer.add(
                packet: Wrapping.raw.packet(wire.say(text("\(i)"), at: 5 * i)), at: Timestamp(nanoseconds: Int64(i)),
                comments: comments)
        }
        return try TemporaryFile(writer.bytes)
    }
    func records(_ files: [TemporaryFile]) throws -> Kept {
        var all = try CaptureFiles(files.map(\.path))
        var table = FlowTable([.toy])
        var kept = Kept()
        #expect(table.read(&all, &kept) == nil)
        #expect(table.tally.packets == kept.records.count)
        return kept
    }
    /// Original numbers are used while they ascend. A used number is not a comment; other comments stay.
    @Test func numbers() throws {
        let file = try file([
            ["original frame 17"], ["seen", "original frame 18"], [], ["original frame 5"],
            ["original frame 40", "late"],
        ])
        let kept = try records([file])
        #expect(kept.records.map { Array($0.frames) } == [[17], [18], [19], [20], [40]])
        #expect(kept.records.map(\.comments) == [[], ["seen"], [], ["original frame 5"], ["late"]])
    }
    /// The packets of several files are counted, because their original numbers may refer to different captures.
    @Test func severalFiles() throws {
        let kept = try records([file([["original frame 17"]]), file([])])
        #expect(kept.records.map { Array($0.frames) } == [[1]] && kept.records[0].comments == ["original frame 17"])
    }
    /// The window finds packets by numbers that have gaps.
    @Test func window() throws {
        var window = PacketWindow()
        let numbers = [3, 4, 9, 10, 11, 700, 1 << 53]
        for n in numbers {
            window.add(
                Packet(
                    number: n, time: Timestamp(nanoseconds: 0), length: 1, link: .raw, bytes: [0 as UInt8].span.bytes))
            window.settle(flow: 0, waits: false)
        }
        for n in [2, 5, 8, 12, 699, 701, Int.max] { window.mark(FrameNumbers(n), "nobody") }
        #expect(window.missed == 7)
        for n in numbers { window.mark(FrameNumbers(n), "\(n)") }
        var out: [PacketWindow.Kept] = []
        while let next = window.next() { out.append(next) }
        #expect(out.map(\.comments) == numbers.map { ["\($0)"] })
    }
}
