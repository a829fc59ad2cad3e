public import Node
import Wire

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
        capabilities: [Named("hub", "serves clients")], bugs: Misbehaviour.bugs,
        controls: Hub.controls, layers: .peerPigeon,
        framing: { _ in MessageFraming() },
        probe: { _ in .no }, observer: { _, _ in SilentObserver() },
        node: { options in
            var random = options.random
            let seed = random.next()
            let hub = Hub(options)
            return LayeredNode(
                hub, of: "peerpigeon", over: .serving(hub, options), options.settings, Random(seed: seed))
        })
}
