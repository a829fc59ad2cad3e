import Node

extension RecordingRules {
    /// What differs from run to run: when a peer came.
    static let dxos: RecordingRules = {
        let payload = "dxos.response.response.payload."
        let events = [
            "swarm_event.peer_available", "host_event.peer_available", "host_event_v3.announce_back.peer_available",
        ]
        var rules = RecordingRules(changing: events.flatMap { [payload + $0 + ".since", payload + $0 + ".until"] })
        rules.recurrent = ["dxos.keepalive"]
        return rules
    }()
}
