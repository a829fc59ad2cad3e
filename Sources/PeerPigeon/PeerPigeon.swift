public import Node
import Wire

/// Fields that name a peer, whoever sends the message and to whom.
private let peerMentions =
    ["announce", "connected", "peer_discovered", "peer_disconnected", "goodbye"].map {
        "peerpigeon.\($0).data.peerId"
    }
    + ["offer", "answer", "ice_candidate", "goodbye", "peer_discovered", "peer_disconnected", "pong"].flatMap {
        ["peerpigeon.\($0).fromPeerId", "peerpigeon.\($0).targetPeerId"]
    }
    + ["peerpigeon.client_signal_relay.targetPeerId"]

extension Definition {
    /// The hub mesh of PeerPigeon: JSON messages over WebSocket, between clients and hubs and among hubs.
    public static let peerPigeon = Definition(
        name: "peerpigeon", title: "PeerPigeon hub mesh", transport: .tcp, requirementPrefix: "HUB",
        messages: peerPigeonMessages,
        profiles: [
            Named(
                "robust",
                "version 1.1.3 without its defects: nobody speaks for others, a network is left by joining another"),
            Named("v1.1.3", "what the hub of that version does"),
        ],
        parameters: NodeParameters.parameters,
        capabilities: [
            Named("hub", "serves clients"), Named("mesh", "dials the hubs that it is told of"),
            Named("few", "takes three connections at most: with max_connections=3"),
        ],
        lacks: { settings in
            NodeParameters(settings).maximumConnections > 3 ? ["few"] : []
        },
        bugs: Misbehaviour.bugs,
        constants: { settings in
            [
                .init("namespace", NodeParameters(settings).namespace.value),
                .init("profile", .text(settings.profile)),
            ]
        },
        durations: { settings in
            let parameters = NodeParameters(settings)
            return [("reconnect", parameters.reconnect), ("window", parameters.window)]
        },
        functions: peerPigeonFunctions, recipients: ["peerpigeon.connected.data.peerId"], mentions: peerMentions,
        controls: Hub.controls, recording: .peerPigeon, layers: .peerPigeon,
        framing: { _ in MessageFraming() },
        probe: { _ in .no },
        observed: PigeonRule.allCases.map { ObservedRequirement($0) }, observer: { _, _ in ClientObserver() },
        messageObserver: { _, memory in HubObserver(memory: memory) },
        node: { options in
            var random = options.random
            let seed = random.next()
            let hub = Hub(options)
            return LayeredNode(
                hub, of: "peerpigeon", over: .serving(hub, options), options.settings, Random(seed: seed))
        })
}
