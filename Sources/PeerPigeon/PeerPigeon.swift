public import Node
import WebSocket
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
        capabilities: [Named("hub", "serves clients")],
        controls: Hub.controls, recording: .peerPigeon, layers: .peerPigeon,
        framing: { _ in MessageFraming() },
        probe: { _ in .no },
        observed: PigeonRule.allCases.map { ObservedRequirement($0) }, observer: { _, _ in ClientObserver() },
        messageObserver: { _, memory in HubObserver(memory: memory) },
        node: { options in
            var random = options.random
            return LayeredNode(
                Hub(options), of: "peerpigeon", over: .peerPigeon, options.settings, Random(seed: random.next()))
        })
}

extension LayerStack {
    /// WebSocket without compression, for connections whose target names a peer.
    static let peerPigeon: LayerStack = {
        var limits = WebSocket.Limits()
        (limits.message, limits.frame) = (Limits.message, Limits.message)
        var stack = LayerStack.webSocket(
            limits,
            server: { server in
                (server.takesAnySubprotocol, server.servesHTTP, server.deflate) = (true, true, nil)
            }
        ) { _ in "peerpigeon" }
        stack.kind = { _ in Opcode.text.rawValue }
        return stack
    }()
}
