import Node
import Wire

/// An observer that checks telemetry. It expects well-formed messages.
struct TelemetryObserver: Sendable {
    /// The network; nil to use the one that each message names.
    private let network: NetworkID?
    /// True if signatures are verified.
    private let verifies: Bool

    init(_ rules: Ruleset?, verifies: Bool) { (network, self.verifies) = (rules?.network.id, verifies) }

    /// Checks a message; `nodeID` is the node id that the sender has proved, or nil if the proof was not seen.
    func observe(_ parsed: ParsedMessage, _ bytes: RawSpan, nodeID: Key32?, into findings: inout [Finding]) {
        // Telemetry without data is legal.
        guard parsed.header.type == .telemetryAck, let data = (try? TelemetryAck(copying: bytes))?.data else { return }
        if let nodeID, data.nodeID != nodeID {
            findings.violation(
                .nano76, path: "data.node_id",
                "not the node ID that its sender proved in the handshake: it must be ignored")
        }
        if verifies, !data.isSigned(in: bytes) {
            findings.violation(
                .nano76, path: "data.signature", "does not fit the node ID and the bytes after it: it must be ignored")
        }
        if let network = NanoNetwork.with(network ?? parsed.header.network), data.genesis != network.genesis {
            findings.violation(.nano74, path: "data.genesis", "not the genesis of the \(network.name) network")
        }
        if data.protocolVersion != parsed.header.versionUsing {
            findings.violation(
                .nano74, path: "data.protocol_version",
                "\(data.protocolVersion), and its header says \(parsed.header.versionUsing)")
        }
    }
}
