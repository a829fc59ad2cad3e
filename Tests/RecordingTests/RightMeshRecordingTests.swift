import Capture
import Node
import RightMesh
import Scenario
import Testing

@testable import Recording

/// The capture of RightMesh as scenarios, run against our own node in virtual time.
struct RightMeshRecordingTests {
    static let capture = "rightmesh-three-superpeers.pcap"

    /// RSP2 as it speaks with the seller S2, whose peers it is told of; and that seller.
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
        // Retransmissions are no steps, nor are ids and numbers of the capture said to the node.
        #expect(made.text.components("msg: rightmesh.info\n") == 5, "\(made.text)")
        #expect(made.text.contains("$(node.id)") && made.text.contains("$(peer.id)"))
    }
    /// A node that breaks a rule does otherwise than the one of the capture.
    @Test func faults() throws {
        let made = try made("127.0.1.2:40000", 4)
        let result = try Captured.run(made.text, made.settings, bug: "info-ack-snapshot", .rightmesh)
        #expect(result.verdict == .fail && result.problem?.path == "peers.flags", "\(result.problem?.path ?? "")")
    }
    /// Our answers name the requests as the node numbers them.
    @Test func answers() throws {
        let text = try made("127.0.2.2:40000", 4).text
        #expect(text.contains("$save: msg_id") && text.contains("ack_id: $(msg_id)"), "\(text)")
    }
    /// Lists of thousands of records are more than a file of the language holds: what is too long is told, and what to
    /// do; what that leaves is a scenario.
    @Test func longLists() throws {
        let node = ["127.0.3.1:40000"]
        func refusal(_ filter: String?) throws -> RecordingError? {
            let (recorder, tally) = try Captured.recorder(
                Self.capture, node, filter: try filter.map { try Filter($0, [.rightmesh]) })
            do throws(RecordingError) {
                let made = try recorder.finish("long", tally)
                let source = SourceFile(name: "recorded.yaml", bytes: Array(made.text.utf8))
                let (scenario, problems) = Scenario.load(source, Library(definitions: [.rightmesh]))
                #expect(scenario != nil && problems.isEmpty, "\(problems.map { "\($0)" })")
                return nil
            } catch {
                return error
            }
        }
        guard case .tooLarge(.nodes, let count, let fitting, let most)? = try refusal("n < 100") else {
            Issue.record("it fits")
            return
        }
        #expect(count > 3 * 10_000 && most.count > 6 * 700 && most.name == "rightmesh.hello_ack" && fitting > 0)
        #expect(
            try refusal("n < 100").map { "\($0)" }
                == "that takes \(count) nodes of YAML, and a scenario has at most 10000: make several of it with --flow or -Y, "
                + "the first with -Y 'n <= \(fitting)'; #\(most.number), rightmesh.hello_ack on connection \(most.flow), takes "
                + "most, \(most.count)")
        #expect(try refusal("n <= \(fitting)") == nil)
        // One that is too long alone, as is a HELLO of 10,000 peers.
        let alone = RecordingError.tooLarge(
            .nodes, 70_100, fitting: 0, most: .init(number: 7, name: "rightmesh.hello", flow: 2, count: 70_009))
        #expect(
            alone.description
                == "#7, rightmesh.hello on connection 2, takes 70009 nodes of YAML, and a scenario has at most 10000: "
                + "leave it out with -Y 'n != 7', or choose others with --flow or -Y")
    }
}

extension String {
    /// How often a text stands in it.
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
