import Glibc
import Node
import Testing
import Wire

@testable import Capture

/// Tests of batches of records that are passed between threads.
struct RecordPipelineTests {
    /// Work that writes the number and the bytes of a record, and is sometimes slow.
    struct Work: RecordWork {
        var random = Random(seed: 3)
        mutating func make(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8]) -> Bool {
            if Int.random(in: 0..<64, using: &random) == 0 { usleep(200) }
            guard record.number % 5 != 0 else { return false }
            out += "\(record.number):".utf8
            bytes.withUnsafeBytes { out += $0 }
            return true
        }
    }
    static let end = Endpoint(high: 0, low: 1, port: 2)
    static func record(_ number: Int) -> Record {
        let time = Timestamp(nanoseconds: Int64(number))
        return Record(
            number: number, time: time, start: time, source: end, destination: end, transport: .tcp, flow: 1,
            protocolName: "toy", kind: .message, message: ToyText.self, offset: 0, length: 0,
            frames: FrameNumbers(number), isFromClient: true, notes: [])
    }
    /// The output and the number of its records. `run` ends the output after `limit` bytes.
    final class Arrived {
        var bytes: [UInt8] = []
        var chosen = 0
        var calls = 0
    }
    func run(
        _ count: Int, threads: Int, prompt: Bool, _ size: RecordPipeline.Size, limit: Int = .max
    ) -> (arrived: Arrived, handed: Int) {
        let arrived = Arrived()
        let pipeline = RecordPipeline(threads: threads, isPrompt: prompt, size: size, work: { Work() }) { bytes, n in
            arrived.bytes += bytes
            arrived.chosen += n
            arrived.calls += 1
            bytes.removeAll()
            return arrived.bytes.count < limit
        }
        var random = Random(seed: 9)
        var handed = 0
        while handed < count, pipeline.isOpen {
            handed += 1
            if handed % 100 == 0 { pipeline.text("[\(handed)]") }
            let bytes = [UInt8](repeating: 0x61, count: Int.random(in: 0..<50, using: &random))
            pipeline.record(Self.record(handed), bytes.span.bytes)
        }
        pipeline.text("end")
        pipeline.finish()
        return (arrived, handed)
    }
    func size(_ records: Int, _ bytes: Int, quiet: Int) -> RecordPipeline.Size {
        var size = RecordPipeline.Size()
        (size.records, size.bytes, size.quiet) = (records, bytes, quiet)
        return size
    }

    @Test(arguments: [1, 2, 4], [false, true]) func keepsOrder(_ threads: Int, _ isPrompt: Bool) {
        let count = 3000
        var (work, random) = (Work(), Random(seed: 9))
        var expected: [UInt8] = []
        for n in 1...count {
            if n % 100 == 0 { expected += "[\(n)]".utf8 }
            let bytes = [UInt8](repeating: 0x61, count: Int.random(in: 0..<50, using: &random))
            _ = work.make(Self.record(n), bytes.span.bytes, to: &expected)
        }
        expected += "end".utf8
        for (records, quiet) in [(1, 0), (1, 1000), (10, 0), (10, 20_000), (256, 1 << 20)] {
            let out = run(count, threads: threads, prompt: isPrompt, size(records, 1 << 20, quiet: quiet)).arrived
            #expect(out.bytes == expected, "\(records) records a batch, quiet until \(quiet)")
            #expect(out.chosen == count - count / 5)
        }
    }
    /// No output follows the end, and the reading thread is notified.
    @Test(arguments: [1, 2, 4]) func stops(_ threads: Int) {
        let (out, handed) = run(1_000_000, threads: threads, prompt: false, size(4, 1 << 20, quiet: 0), limit: 1000)
        #expect(out.bytes.count >= 1000 && out.bytes.count < 2000)
        #expect(handed < 10_000)
    }
    /// Threads start only after enough bytes. Until then the reading thread does all work at once.
    @Test func quiet() {
        let (out, _) = run(10, threads: 4, prompt: true, size(256, 1 << 20, quiet: 1 << 20))
        // Ten records, and the text at the end.
        #expect(out.calls == 11)
    }
    /// A pipeline without records gives only the end.
    @Test func empty() {
        let (out, handed) = run(0, threads: 4, prompt: false, RecordPipeline.Size())
        #expect(handed == 0 && out.bytes == Array("end".utf8))
    }
}
