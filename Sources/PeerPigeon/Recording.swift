import Node

extension RecordingRules {
    /// What differs from run to run: the hub's times.
    static let peerPigeon: RecordingRules = {
        let stamped = [
            "connected", "peer_discovered", "peer_disconnected", "pong", "error", "offer", "answer", "ice_candidate",
            "goodbye", "client_signal_relay",
        ]
        let own = stamped.map { "peerpigeon.\($0).timestamp" }
        return RecordingRules(
            changing: own + [
                "peerpigeon.pong.data.timestamp", "peerpigeon.peer_disconnected.data.timestamp",
                "peerpigeon.peer_discovered.data.cachedAt",
            ])
    }()
}
