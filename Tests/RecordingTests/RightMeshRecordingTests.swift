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
