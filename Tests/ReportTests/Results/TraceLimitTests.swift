import Node
import Testing
import Wire

@testable import Report
@testable import Scenario
@testable import Text

/// The limited trace of a node that sends without end, and that the written trace can be read.
struct TraceLimitTests {
    /// Returns a result with `count` messages of 152 bytes, over two connections in turn. The failure is about one
    /// connection.
    private func flooded(_ count: Int, culprit: Int) throws -> CaseResult {
        var r = try Made.result(.fail, Made.problem())
        r.problem?.culprit = culprit
        r.trace = (0..<count).map { i in
            TraceEntry(
                at: .milliseconds(i), link: "c", ours: "peer", theirs: "node", direction: .received,
                content: .message(Made.keepaliveType, Made.keepalive), isCulprit: i == culprit, connection: i % 2)
        }
        r.steps = [
            StepOutcome(
                number: 1, began: .zero, ended: .zero, state: .held, verdict: .none, reason: nil, entry: 100,
                traced: 101),
            StepOutcome(
                number: 2, began: .zero, ended: .zero, state: .failed, verdict: .fail, reason: "", entry: culprit,
                traced: count),
        ]
        r.connections = (0..<2).map { _ in CaseConnection(link: "c", ours: "peer", theirs: "node") }
        return r
    }
    @Test func middleIsLeftOut() throws {
        var r = try flooded(100_000, culprit: 50_000)
        r.limitTrace(.ofCase)
        #expect(r.trace.count == 20_000 + 21 && r.leftOut == LeftOut(entries: 79_979, bytes: 79_979 * 152))
        let culprit = try #require(r.problem?.culprit)
        #expect(r.trace[culprit].isCulprit && r.trace[culprit].at == .milliseconds(50_000))
        #expect(r.steps[0].entry == 100 && r.steps[0].traced == 101)
        #expect(r.steps[1].entry == culprit && r.steps[1].traced == r.trace.count)
        // The trace marks each gap at its place, separately for each connection.
        let told = r.trace.filter { !$0.leftOut.isNothing }
        #expect(told.count == 4 && told.reduce(0) { $0 + $1.leftOut.entries } == 79_979)
        #expect(told.map(\.at) == [49_990, 49_991, 90_000, 90_001].map { .milliseconds($0) })
        // A second call omits nothing more, and a shorter limit omits more.
        r.limitTrace(.ofCase)
        #expect(r.leftOut.entries == 79_979)
        r.limitTrace(.short)
        #expect(r.trace.count <= 200 + 21 && r.trace.count + r.leftOut.entries == 100_000)
        #expect(r.trace.reduce(0) { $0 + $1.leftOut.entries } == r.leftOut.entries)
        #expect(r.problem?.culprit.map { r.trace[$0].isCulprit } == true)
    }
    @Test func smallIsKept() throws {
        var r = try flooded(20_000, culprit: 3)
        r.limitTrace(.ofCase)
        #expect(r.trace.count == 20_000 && r.leftOut.isNothing)
        // Bytes also count, but the culprit remains.
        r.trace[10_000].content = .bytes([UInt8](repeating: 1, count: 17 << 20), nil)
        r.problem?.culprit = 10_000
        r.limitTrace(.ofCase)
        #expect(r.trace.count == 20_000)
        #expect(r.problem?.culprit.map { r.trace[$0].bytes.count } == 17 << 20)
    }
    /// The line of the largest possible case can be read, and it has the number of omitted entries.
    @Test func lineIsRead() throws {
        var r = try flooded(100_000, culprit: 50_000)
        r.limitTrace(.ofCase)
        var line: [UInt8] = []
        Made.record(r).write(to: &line)
        #expect(line.count < ResultsReader.maximumLine && line.count > 20_000 * 304)
        let read = try #require(JSON.parse(Array(line.dropLast())).flatMap { CaseRecord($0) })
        #expect(read.leftOut == r.leftOut && read.failure?.trace.count == r.trace.count)
        #expect(read.failure?.trace.map(\.leftOut) == r.trace.map(\.leftOut))
        #expect(
            FailureBlock(record: read, requirement: Made.requirements["NANO-16"]).lines(Style(hasColour: false))
                .contains {
                    $0.contains("not kept: 79,979 messages, 12,156,808 bytes")
                })
        // A line that would exceed the limit of the reader.
        line = []
        Made.record(r).write(to: &line, limit: 1 << 20)
        #expect(line.count < 1 << 20)
        #expect(JSON.parse(Array(line.dropLast())).flatMap { CaseRecord($0) }?.leftOut.entries == 100_000)
    }
    /// Omitted messages are a gap in the numbers of the capture, with a comment.
    @Test func gapInTheCapture() throws {
        var r = try flooded(30_000, culprit: 15_000)
        r.limitTrace(.ofCase)
        let all = CaseRecord.Exchange.all(r)
        #expect(all.contains { $0.notes.contains { $0.hasSuffix("of this direction left out before this one") } })
        let image = WireImage(all, r.connections, .tcp, port: 7075)
        func sequence(_ entry: Int) -> UInt32? {
            image.packets.first { $0.entry == entry && $0.isMain }.map { UInt32.load($0.bytes.span.bytes, 24, .big) }
        }
        let at = try #require(r.trace.firstIndex { !$0.leftOut.isNothing })
        let before = try #require(r.trace[..<at].lastIndex { $0.connection == r.trace[at].connection })
        let gap = try #require(sequence(at)) &- (try #require(sequence(before)))
        #expect(Int(gap) == 152 + r.trace[at].leftOut.bytes)
    }
}
