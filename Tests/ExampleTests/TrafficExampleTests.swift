import Capture
import Nano
import Network
import Node
import RightMesh
import Testing

/// The results of the examples of captures and nodes.
struct TrafficExampleTests {
    @Test func capture() throws {
        let lines = try messages(of: PackageFile.path("Captures/nano/nano-node-light-v2.pcap"))
        #expect(lines.count == 46)
        #expect(lines.first?.hasPrefix("127.0.0.1:40358 > 127.0.0.1:7075 nano.node_id_handshake {") == true)
        let wrong = try messages(of: PackageFile.path("Captures/nano/nano-node-light-responder-bug.pcap"))
        #expect(wrong.contains { $0.hasPrefix("  violation: response a query without an answer") })
        let error = #expect(throws: CaptureError.self) { try messages(of: "/nonexistent.pcap") }
        #expect(error == .noSuchFile("/nonexistent.pcap"))
    }
    @Test func tls() throws {
        let path = PackageFile.path("Captures/tls/websocket-close.pcapng")
        #expect(try chosen("websocket.frame", in: path) == ["websocket.frame", "websocket.frame"])
        #expect(throws: FilterError.self) { try chosen("opcode ==", in: path) }
    }
    @Test func node() throws {
        let reports = try talk(.nano)
        #expect(reports.contains("0 handshake_done") && reports.contains("1 handshake_done"), "\(reports)")
        #expect(try talk(.nano) == reports)
    }
    @Test func network() throws {
        #expect(try meet(.nano, on: SimulatedNetwork(seed: 7)).filter { $0 == "handshake_done" }.count == 2)
    }
}
