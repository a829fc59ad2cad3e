import Testing

@testable import Capture

struct CaptureFilesTests {
    let wire = Wire2()
    func file(_ parts: [(offset: Int, time: Int64)], gzipped: Bool = false) throws -> TemporaryFile {
        let bytes = pcap(
            parts.map { Tapped(Wrapping.raw.packet(wire.say(text("\($0.offset / 5)"), at: $0.offset)), time: $0.time) },
            link: 101)
        return try TemporaryFile(gzipped ? gzip(bytes) : bytes)
    }
    func read(_ files: [TemporaryFile]) throws -> (Kept, CaptureError?) {
        var all = try CaptureFiles(files.map(\.path))
        var table = FlowTable([.toy])
        var kept = Kept()
        let error = table.read(&all, &kept)
        return (kept, error)
    }

    @Test func byTime() throws {
        let files = try [file([(0, 10), (15, 40)]), file([(5, 20), (10, 30), (20, 50)], gzipped: true), file([])]
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let (kept, error) = try read(order.map { files[$0] })
            #expect(error == nil)
            #expect(kept.said == (0..<5).map { "> toy.text \($0)" })
            #expect(kept.records.map { Array($0.frames) } == [[1], [2], [3], [4], [5]])
        }
    }
    /// If two files have packets of the same time, the packet of the file named first is first. The order within a file
    /// does not change.
    @Test func ties() throws {
        let (kept, _) = try read([file([(0, 7), (5, 7), (10, 3)]), file([(15, 7)])])
        #expect(kept.records.map(\.time.nanoseconds) == [7, 7, 3, 7])
        #expect(kept.said == (0..<4).map { "> toy.text \($0)" })
    }
    @Test func damageOfOneDoesNotStopTheOthers() throws {
        let whole = pcap([Tapped(Wrapping.raw.packet(wire.say(text("0"), at: 0)), time: 1)], link: 101)
        let cut = try TemporaryFile(whole + [1, 2, 3])
        let (kept, error) = try read([cut, file([(5, 20)])])
        #expect(kept.said == ["> toy.text 0", "> toy.text 1"])
        #expect(error == .inFile(cut.path, .truncatedInHeader(packets: 1)))
        #expect(error?.isDamage == true)
        do throws(CaptureError) {
            _ = try CaptureFiles([cut.path, "/nonexistent"])
            Issue.record("a file that is not there was opened")
        } catch {
            #expect(error == .noSuchFile("/nonexistent"))
        }
    }
}
