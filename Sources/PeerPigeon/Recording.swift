import Node
import Wire

extension RecordingRules {
    /// The values that differ from run to run: the times of the hub.
    static let peerPigeon: RecordingRules = {
        let stamped = [
            "connected", "peer_discovered", "peer_disconnected", "pong", "error", "offer", "answer", "ice_candidate",
            "goodbye", "client_signal_relay",
        ]
        let own = stamped.map { "peerpigeon.\($0).timestamp" }
        var rules = RecordingRules(
            changing: own + [
                "peerpigeon.pong.data.timestamp", "peerpigeon.peer_disconnected.data.timestamp",
                // The reason has the words of the client's Close frame, which a scenario does not choose.
                "peerpigeon.peer_disconnected.data.reason", "peerpigeon.peer_discovered.data.cachedAt",
            ])
        // The target has the id of each peer.
        rules.target = "websocket.upgrade.target"
        rules.isEnd = { $0 == "websocket.frame" && $1["opcode"] == .text("close") }
        return rules
    }()
}
