import Node

extension RecordingRules {
    /// What differs from run to run: when a peer came.
    static let dxos: RecordingRules = {
        let event = "dxos.response.response.payload.swarm_event.peer_available"
        var rules = RecordingRules(changing: [event + ".since", event + ".until"])
        rules.recurrent = ["dxos.keepalive"]
        return rules
    }()
}
