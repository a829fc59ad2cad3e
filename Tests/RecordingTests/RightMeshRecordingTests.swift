import Capture
import Node
import RightMesh
import Scenario
import Testing

@testable import Recording

/// The capture of RightMesh as scenarios, which run against the reference node in virtual time.
struct RightMeshRecordingTests {
    static let capture = "rightmesh-three-superpeers.pcap"

    /// RSP2 in its conversation with the seller S2, which reports its peers to RSP2, and S2 itself.
    static let all: [(name: String, node: String, flow: Int)] = [
        ("superpeer", "127.0.1.2:40000", 4), ("seller", "127.0.2.2:40000", 4),
    ]
    func made(_ node: String, _ flow: Int?) throws -> Recording {
        try Captured.recording(Self.capture, [node], flow: flow)
    }
    @Test(arguments: all) func runs(_ name: String, _ node: String, _ flow: Int) throws {
        let made = try made(node, flow)
        #expect(made.protocolName == "rightmesh")
        let result = try Captured.run(made.text, made.settings, .rightmesh)
        #expect(result.verdict == .pass, "\(result.problem?.reason ?? "") \(made.text)")
        // Retransmissions are not steps. The scenario does not send the ids and numbers of the capture to the node.
        #expect(made.text.components("msg: rightmesh.info\n") == 5, "\(made.text)")
        #expect(made.text.contains("$(node.id)") && made.text.contains("$(peer.id)"))
    }
    /// A node that breaks a rule acts differently from the node of the capture.
    @Test func faults() throws {
        let made = try made("127.0.1.2:40000", 4)
        let result = try Captured.run(made.text, made.settings, bug: "ack-id-own", .rightmesh)
        #expect(result.verdict == .fail && result.problem?.path == "ack_id", "\(result.problem?.path ?? "")")
    }
    /// The answers of the runner contain the numbers that the node gave to its requests.
    @Test func answers() throws {
        let text = try made("127.0.2.2:40000", 4).text
        #expect(text.contains("$save: msg_id") && text.contains("ack_id: $(msg_id)"), "\(text)")
    }
    /// Lists of thousands of records need many nodes of YAML. A recorded file may have them.
    @Test func longLists() throws {
        let (recorder, tally) = try Captured.recorder(
            Self.capture, ["127.0.3.1:40000"], filter: try Filter("n < 100", [.rightmesh]))
        let made = try recorder.finish("long", tally)
        let source = SourceFile(name: "recorded.yaml", bytes: Array(made.text.utf8))
        let (scenario, problems) = Scenario.load(source, Library(definitions: [.rightmesh]))
        #expect(scenario != nil && problems.isEmpty, "\(problems.map { "\($0)" })")
        // A hand-written file may not have them.
        #expect(made.text.components(":") > 10_000)
        let most = RecordingError.Longest(number: 7, name: "rightmesh.hello", flow: 2, count: 4_000_001)
        #expect(
            RecordingError.tooLarge(.nodes, 4_100_000, limit: 4_000_000, fitting: 0, most: most).description
                == "#7, rightmesh.hello on connection 2, takes 4000001 nodes of YAML, and a scenario has at most 4000000: "
                + "leave it out with -Y 'n != 7', or choose others with --flow or -Y")
        #expect(
            RecordingError.tooLarge(
                .nodes, 4_100_000, limit: 4_000_000, fitting: 90,
                most: .init(number: 7, name: "rightmesh.hello", flow: 2, count: 70_009)
            ).description
                == "that takes 4100000 nodes of YAML, and a scenario has at most 4000000: make several scenarios with --flow or "
                + "-Y, the first with -Y 'n <= 90'; #7, rightmesh.hello on connection 2, takes the most, 70009")
    }
}

extension String {
    /// Returns the number of occurrences of a text.
    fileprivate func components(_ text: String) -> Int {
        var count = 0
        var rest = utf8[...]
        while !rest.isEmpty {
            if rest.starts(with: text.utf8) { count += 1 }
            rest = rest.dropFirst()
        }
        return count
    }
}
