import Node
import Wire

extension RelayModel {
    /// The hubs of PeerPigeon with their clients.
    static let peerPigeon = RelayModel(
        hub: "hub", client: "client", profile: "seed", lasting: ["redials": "100"],
        faults: MeshFault.allCases.map(\.name), quiet: ["offers": "off"], network: ("network", ["global", "room"]),
        offer: ("offer", "to", "session"), learned: "peer_discovered", lost: "peer_left", types: ("offer", "answer"),
        // A hub that passes signals only to the nearest two hubs may miss the path.
        arrives: { settings in
            let parameters = NodeParameters(settings)
            return parameters.fanout == nil || !parameters.channels.isOn
        }, hops: { Int(NodeParameters($0).hops) },
        name: { $0.hex }, asks: { PeerID(target: String($0.prefix { $0 != " " }))?.text },
        signal: { bytes in
            var framing = MessageFraming()
            guard case .message(let type, _) = framing.next(bytes) else { return nil }
            if type is SignalRelay.Type {
                guard let relay = SignalRelay.read(bytes), let data = relay.signalData,
                    let parts = RelayedSignal(data, bytes, "")
                else { return nil }
                return SessionText.any(parts.data, parts.type).map { (parts.type, $0) }
            }
            guard let signal = Envelope.read(bytes), signal.isSignal(in: bytes),
                case .text(let name)? = signal.type?.value(in: bytes), let data = signal.data?.value(in: bytes)
            else { return nil }
            return SessionText.any(data, name).map { (name, $0) }
        })
}

extension SessionText {
    /// Returns the session number in a description or a candidate.
    static func any(_ data: Value?, _ type: String) -> UInt64? {
        type == "ice-candidate" ? candidate(data) : session(data, type)
    }
}
