import Nano
import Node
import Scenario
import Testing

@testable import Recording

/// Recordings that are larger than a file of the language which people write.
struct LongRecordingTests {
    /// The same conversation again and again: steps are brought into the common form a part at a time, and come to the same
    /// text as the whole.
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
        // Its beginning is a scenario, and none of its pieces has mistakes of its own.
        let library = Library(definitions: [.nano])
        let (beginning, count) = made.beginning(300)
        let (first, problemsThere) = Scenario.load(SourceFile(name: "beginning", bytes: beginning), library)
        #expect(made.stepCount == scenario?.stepCount && count >= 300 && count < made.stepCount)
        #expect(problemsThere.allSatisfy { $0.severity != .error } && first?.stepCount ?? 0 >= count)
        #expect(Array(made.text.utf8).starts(with: beginning.prefix(20_000)))
        let pieces = made.pieces(300)
        #expect(pieces.count > 1 && pieces.first?.lowerBound == 0 && pieces.last?.upperBound == made.steps.count)
        #expect(zip(pieces, pieces.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
        for piece in pieces {
            let codes = Scenario.load(SourceFile(name: "piece", bytes: made.bytes(of: piece)), library).diagnostics
                .filter { $0.severity == .error }.map(\.code)
            #expect(Set(codes).isSubset(of: [.unknownName, .unknownLink]), "\(codes)")
        }
        // One that was written by hand may not be so large.
        let byHand = SourceFile(name: "hand.yaml", bytes: Array(made.text.replacing("recorded:", with: "made:").utf8))
        #expect(YAMLTree.read(byHand).diagnostics.map(\.code) == [.tooManyNodes])
    }
    /// What no file could hold is refused, with the first messages that one could, and the message that takes most.
    @Test func tooLarge() throws {
        let (recorder, tally) = try Captured.recorder(Captured.v2, ["127.0.0.1:7075"])
        var options = RecordingOptions()
        let made = try recorder.finish("long", tally, options)
        options.limits = YAMLLimits(size: made.text.utf8.count * 2, nodes: 10_000)
        #expect(try recorder.finish("long", tally, options).text == made.text)
        let nodes = refusal { options.limits.nodes = 120 }
        #expect(nodes?.contains("nodes of YAML, and a scenario has at most 120: make") == true, "\(nodes ?? "")")
        #expect(nodes?.contains("the first with -Y 'n <= ") == true && nodes?.contains("takes most") == true)
        let half = made.text.utf8.count / 2
        let bytes = refusal { options.limits = YAMLLimits(size: half, nodes: 10_000) }
        #expect(bytes?.contains("bytes, and a scenario has at most \(half): make several") == true, "\(bytes ?? "")")
        // One message alone may be too much.
        let one = refusal { options.limits = YAMLLimits(size: 60_000, nodes: 20) }
        #expect(one?.contains("leave it out with -Y 'n != ") == true, "\(one ?? "")")

        func refusal(_ change: () -> Void) -> String? {
            change()
            do throws(RecordingError) { _ = try recorder.finish("long", tally, options) } catch { return "\(error)" }
            return nil
        }
    }
    /// Thousands of values may want the same name.
    @Test func names() {
        var first = Variables(taken: ["salt_3"])
        let ids = (0..<4).map { _ in first.make("salt") }
        for id in ids { _ = first.use(id) }
        let second = Variables(after: first)
        #expect(ids.map(second.kept) == ["salt", "salt_2", "salt_4", "salt_5"])
    }
}
