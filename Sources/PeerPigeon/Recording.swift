import Node
import Wire

extension RecordingRules {
    /// What differs from run to run: the hub's times.
    static let peerPigeon: RecordingRules = {
        let stamped = [
            "connected", "peer_discovered", "peer_disconnected", "pong", "error", "offer", "answer", "ice_candidate",
            "goodbye", "client_signal_relay",
        ]
        let own = stamped.map { "peerpigeon.\($0).timestamp" }
        var rules = RecordingRules(
            changing: own + [
                "peerpigeon.pong.data.timestamp", "peerpigeon.peer_disconnected.data.timestamp",
                // In words of the client's Close frame, which a scenario does not choose.
                "peerpigeon.peer_disconnected.data.reason", "peerpigeon.peer_discovered.data.cachedAt",
            ])
        // Each peer has its id there.
        rules.target = "websocket.upgrade.target"
        rules.isEnd = { $0 == "websocket.frame" && $1["opcode"] == .text("close") }
        return rules
    }()
}
