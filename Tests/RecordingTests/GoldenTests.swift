import Nano
import Node
import Scenario
import Testing

@testable import Recording

/// The captures of the repository as scenarios. After an intended change of `record`, update a file with `meshspec
/// record CAPTURE --as dut=... -o Tests/RecordingTests/Golden/NAME.yaml`.
struct GoldenTests {
    /// The name, the capture, and the addresses of the node under test.
    static let all: [(String, String, [String])] = [
        ("v2-server", Captured.v2, ["127.0.0.1:7075"]),
        ("v2-client", Captured.v2, ["127.0.0.1:40358", "127.0.0.1:43734"]),
        ("bug-server", Captured.bug, ["127.0.0.1:7076"]),
        ("bug-client", Captured.bug, ["127.0.0.1:39168"]),
        ("bug-second-query", Captured.bug, ["127.0.0.1:39192"]),
    ]
    @Test(arguments: all)
    func golden(_ name: String, _ capture: String, _ nodes: [String]) throws {
        var made = try Captured.recording(capture, nodes)
        let golden = try Captured.text("\(Captured.folder)/Tests/RecordingTests/Golden/\(name).yaml")
        // `record` ran the reference node and found the differences.
        let (written, _) = Scenario.load(
            SourceFile(name: "golden.yaml", bytes: Array(golden.utf8)), Library(definitions: [.nano]))
        made.recorded.differences = written?.recorded?.differences ?? []
        #expect(made.text == golden)
        let source = SourceFile(name: "recorded.yaml", bytes: Array(made.text.utf8))
        let (scenario, problems) = Scenario.load(source, Library(definitions: [.nano]))
        #expect(scenario != nil && problems.isEmpty, "\(problems.map(\.message))")
        #expect(Formatter.format(source).text == made.text)
        #expect(made.recorded.parameters == ["network": "live"] && made.settings.profile == "v28")
        #expect(scenario?.recorded == made.recorded)
        // The file also lists the losses.
        for loss in made.losses { #expect(made.text.contains("# \(loss)")) }
    }
    /// Compares the reference node, with and without a fault, with the recorded node.
    @Test(
        arguments: [
            ("v2-server", nil, .pass, ""), ("v2-client", nil, .pass, ""),
            ("v2-server", "bad-signature", .fail, "response.signature"),
            ("v2-server", "signature-over-wrong-bytes", .fail, "response.signature"),
            ("v2-server", "wrong-genesis", .fail, "response.genesis"), ("v2-server", "no-answer", .fail, ""),
            ("v2-client", "bad-signature", .fail, "response.signature"),
            ("v2-client", "wrong-genesis", .fail, "response.genesis"),
            ("bug-client", nil, .pass, ""), ("bug-client", "bad-signature", .fail, "response.signature"),
            ("bug-client", "wrong-genesis", .fail, "response.genesis"),
            // The recorded node appends a response that its header does not declare. The reference node declares it.
            ("bug-server", nil, .fail, "response"), ("bug-second-query", nil, .fail, "response"),
        ] as [(String, String?, Verdict, String)])
    func runs(_ name: String, _ bug: String?, _ verdict: Verdict, _ path: String) throws {
        let (_, capture, nodes) = try #require(Self.all.first { $0.0 == name })
        let made = try Captured.recording(capture, nodes)
        let result = try Captured.run(made.text, made.settings, bug: bug)
        #expect(result.verdict == verdict, "\(result.problem?.reason ?? "")")
        // The file of such a case has the difference.
        let golden = try Captured.text("\(Captured.folder)/Tests/RecordingTests/Golden/\(name).yaml")
        if bug == nil { #expect(golden.contains("\n  differs:\n") == (verdict == .fail)) }
        if !path.isEmpty { #expect(result.problem.map { $0.path == path || $0.path == "query" } == true) }
        // The verdict is the same on another network, because constants have names.
        if bug == nil {
            let dev = try #require(try? Definition.nano.settings())
            #expect(try Captured.run(made.text, dev).verdict == verdict)
        }
    }
    /// A node that does not declare its response acts like the node of the capture, up to the damaged part.
    @Test func sameFault() throws {
        let made = try Captured.recording(Captured.bug, ["127.0.0.1:7076"], flow: 1)
        let result = try Captured.run(made.text, made.settings, bug: "undeclared-response")
        #expect(result.verdict == .pass, "\(result.problem?.reason ?? "")")
        #expect(
            made.losses.contains { $0.contains("160 bytes from the node that are not a message") }, "\(made.losses)")
    }
    /// Each step about a message has the number of the message.
    @Test func origins() throws {
        let made = try Captured.recording(Captured.v2, ["127.0.0.1:7075"])
        let numbers = made.origins.sorted { $0.key < $1.key }.map(\.value.number)
        #expect(numbers == [1, 2, 3, 13, 15, 17, 19, 21, 24, 25, 28, 30, 33, 35, 38, 40, 43, 46, 0])
        let second = try #require(made.origins.values.first { $0.number == 2 })
        #expect(Array(second.frames) == [6] && second.name == "nano.node_id_handshake" && second.bytes.count == 200)
        #expect(second.source.description == "127.0.0.1:7075" && second.since == "+0.001720")
    }
    @Test func waits() throws {
        let made = try Captured.recording(Captured.v2, ["127.0.0.1:7075"], longestWait: .milliseconds(500))
        #expect(!made.text.contains("wait: 1s") && made.text.contains("wait: 500ms"))
        let none = try Captured.recording(Captured.v2, ["127.0.0.1:7075"], longestWait: .zero)
        #expect(!none.text.contains("wait:"))
    }
}
