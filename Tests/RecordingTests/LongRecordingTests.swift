import Capture
import Nano
import Node
import Scenario
import Testing

@testable import Recording

/// Recordings that exceed the limits of a hand-written file.
struct LongRecordingTests {
    /// The same conversation occurs many times. The recorder formats the steps in parts, and the text equals a text
    /// that is formatted as a whole.
    @Test func parts() throws {
        var recorder = Recorder([.nano], of: [try #require(NodeAddress("127.0.0.1:7075"))], limit: 2000)
        for _ in 0..<25 { _ = try Captured.read(Captured.v2, into: &recorder) }
        let made = try recorder.finish("long", try Captured.recorder(Captured.v2, ["127.0.0.1:7075"]).1)
        let source = SourceFile(name: "long.yaml", bytes: Array(made.text.utf8))
        let (tree, problems) = YAMLTree.read(source)
        #expect(tree != nil && problems.isEmpty, "\(problems.map(\.message))")
        #expect(Formatter.format(source).text == made.text)
        let (scenario, all) = Scenario.load(source, Library(definitions: [.nano]))
        #expect(all.isEmpty && scenario?.stepCount ?? 0 > 500, "\(scenario?.stepCount ?? 0)")
        // A hand-written file may not be so large.
        let byHand = SourceFile(name: "hand.yaml", bytes: Array(made.text.replacing("recorded:", with: "made:").utf8))
        #expect(YAMLTree.read(byHand).diagnostics.map(\.code) == [.tooManyNodes])
    }
    /// The recorder does not keep a long recording as a whole. The pieces give the same text, and no piece has its own
    /// mistakes. The first part listens for all connections that the node opens.
    @Test func pieces() throws {
        var recorder = Renumbered(Recorder([.nano], of: [try #require(NodeAddress("127.0.0.1:40358"))]))
        var tally = Tally()
        for round in 0..<220 {
            recorder.shift = round * 1000
            tally = try Captured.read(Captured.v2, into: &recorder)
        }
        var options = RecordingOptions()
        options.kept = .max
        let whole = try recorder.recorder.finish("long", tally, options)
        options.kept = 1000
        let made = try recorder.recorder.finish("long", tally, options)
        let library = Library(definitions: [.nano])
        #expect(whole.maker == nil && made.maker != nil && made.stepCount > Recording.long)
        #expect(made.stepCount == whole.stepCount && made.header == whole.header)
        #expect(made.bytes == whole.bytes)
        var pieces: [[UInt8]] = []
        try made.eachPiece(1000) { pieces.append($0) }
        #expect(pieces.count > 1 && Array(made.header.utf8) + pieces.flatMap { $0 } == whole.bytes)
        for piece in pieces {
            let codes = Scenario.load(SourceFile(name: "piece", bytes: made.bytes(of: piece)), library).diagnostics
                .filter { $0.severity == .error }.map(\.code)
            #expect(Set(codes).isSubset(of: [.unknownName, .unknownLink]), "\(codes)")
        }
        let (beginning, count) = made.beginning(500)
        let (first, problems) = Scenario.load(SourceFile(name: "beginning", bytes: beginning), library)
        #expect(count >= 500 && count < made.stepCount)
        #expect(problems.allSatisfy { $0.severity != .error } && first?.stepCount ?? 0 >= count)
        func accepts(_ bytes: [UInt8]) -> Int {
            String(decoding: bytes, as: UTF8.self).split(separator: "\n").count { $0.hasPrefix("  - accept: {at: ") }
        }
        #expect(accepts(beginning) == 220 && accepts(whole.bytes) == 220 && accepts(pieces[0]) < 220)
        // If the text is longer than its steps, the recorder detects a file that is too large at the end.
        options.limits.size = whole.bytes.count - 1000
        let error = #expect(throws: RecordingError.self) {
            try recorder.recorder.finish("long", tally, options).eachPiece(1000) { _ in }
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains("bytes, and a scenario has at most"))
    }
    /// Records with other numbers of connections and records, so that a capture can be read again.
    private struct Renumbered: RecordSink {
        var recorder: Recorder
        var shift = 0
        init(_ recorder: Recorder) { self.recorder = recorder }
        mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
            var other = copy record
            (other.flow, other.number) = (record.flow + shift, record.number + shift)
            other.frames = FrameNumbers(record.frames[record.frames.count - 1] + shift)
            recorder.record(other, bytes)
        }
        mutating func connection(_ event: ConnectionEvent) {
            var other = event
            (other.flow, other.frame) = (event.flow + shift, event.frame + shift)
            recorder.connection(other)
        }
    }
    /// The recorder refuses a recording that no file can hold. It names the first messages that a file can hold, and
    /// the largest message.
    @Test func tooLarge() throws {
        let (recorder, tally) = try Captured.recorder(Captured.v2, ["127.0.0.1:7075"])
        var options = RecordingOptions()
        let made = try recorder.finish("long", tally, options)
        options.limits = YAMLLimits(size: made.text.utf8.count * 2, nodes: 10_000)
        #expect(try recorder.finish("long", tally, options).text == made.text)
        let nodes = refusal { options.limits.nodes = 120 }
        #expect(nodes?.contains("nodes of YAML, and a scenario has at most 120: make") == true, "\(nodes ?? "")")
        #expect(nodes?.contains("the first with -Y 'n <= ") == true && nodes?.contains("takes the most") == true)
        let half = made.text.utf8.count / 2
        let bytes = refusal { options.limits = YAMLLimits(size: half, nodes: 10_000) }
        #expect(bytes?.contains("bytes, and a scenario has at most \(half): make several") == true, "\(bytes ?? "")")
        // A single message may be too large.
        let one = refusal { options.limits = YAMLLimits(size: 60_000, nodes: 20) }
        #expect(one?.contains("leave it out with -Y 'n != ") == true, "\(one ?? "")")

        func refusal(_ change: () -> Void) -> String? {
            change()
            do throws(RecordingError) { _ = try recorder.finish("long", tally, options) } catch { return "\(error)" }
            return nil
        }
    }
    /// Thousands of values may need the same name.
    @Test func names() {
        var first = Variables(taken: ["salt_3"])
        let ids = (0..<4).map { _ in first.make("salt") }
        for id in ids { _ = first.use(id) }
        let second = Variables(after: first)
        #expect(ids.map(second.kept) == ["salt", "salt_2", "salt_4", "salt_5"])
    }
}
