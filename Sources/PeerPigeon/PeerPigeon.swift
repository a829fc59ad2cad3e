public import Node
import WebSocket
import Wire

/// The fields that name a peer, in messages of any sender and receiver.
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
        configuration: .init(
            profiles: [
                Named(
                    Profile.robust,
                    "version 1.1.3 without its defects: no peer sends for others, a network is left by joining another"),
                Named(Profile.last, "the behavior of the hub of that version, without the storms between hubs"),
                Named(
                    Profile.first,
                    "the behavior of the hub of that version, without the storms: it relays the same again, keeps no peers of other hubs, reports no leaves to them"
                ),
                Named(
                    Profile.seed,
                    "the design document: one mesh over any number of hubs, by gossip, relays to the nearest, data channels"
                ),
            ],
            parameters: NodeParameters.parameters,
            capabilities: Capability.allCases.map { Named($0.rawValue, $0.summary) },
            lacks: { Set(Capability.lacking(NodeParameters($0)).map(\.rawValue)) },
            idle: { settings, kind in NodeParameters.idle(settings, isClient: kind == Kind.client) },
            variables: NodeParameters.variables(of: Kind.hub)),
        reading: .init(
            framing: { _ in MessageFraming() },
            layers: .peerPigeon,
            probe: { _ in .no }),
        judging: .init(
            observed: PigeonRule.allCases.map { ObservedRequirement($0) }, observer: { _, _ in ClientObserver() },
            messageObserver: { _, memory in HubObserver(memory: memory) }, signaled: signaledEnd),
        playing: .init(
            constants: { settings in
                [
                    .init("namespace", NodeParameters(settings).namespace.value),
                    .init("profile", .text(settings.profile)),
                    .init("redials", .uint(UInt64(NodeParameters(settings).redials))),
                    .init("min_channels", .uint(UInt64(NodeParameters(settings).channels.least))),
                ]
            },
            durations: { settings in
                let parameters = NodeParameters(settings)
                return [
                    ("reconnect", parameters.reconnect), ("window", parameters.window),
                    ("keepalive", parameters.keepalive), ("client_reconnect", ClientRedials.first),
                    ("migration", parameters.channels.delay),
                ]
            },
            functions: peerPigeonFunctions + webSocketFunctions),
        naming: .init(recipients: ["peerpigeon.connected.data.peerId"], mentions: peerMentions),
        exchanges: [
            MessageExchange(.init("peerpigeon.ping"), .init("peerpigeon.pong"), isOptional: true),
            // The hub adds the sender. So an offer to a hub names only its receiver, and an answer to a hub too.
            MessageExchange(
                .init("peerpigeon.offer", key: ["targetPeerId"], .lacks("fromPeerId")),
                .init("peerpigeon.answer", key: ["fromPeerId"])),
            MessageExchange(
                .init("peerpigeon.offer", key: ["fromPeerId"], .has("targetPeerId")),
                .init("peerpigeon.answer", key: ["targetPeerId"], .lacks("fromPeerId"))),
            MessageExchange(
                .init("peerpigeon.offer", key: ["fromPeerId", "targetPeerId"]),
                .init("peerpigeon.answer", key: ["targetPeerId", "fromPeerId"])),
        ],
        reference: .init(
            bugs: Misbehaviour.bugs,
            kinds: [
                Named(Kind.hub, "serves every client"), Named(Kind.client, "a client of the hubs that it connects to"),
            ],
            controls: Hub.controls + Client.controls,
            usesChannels: { settings in
                let parameters = NodeParameters(settings)
                return parameters.isMesh && parameters.channels.isOn
            }, inquiry: .peerPigeon,
            node: { options in
                var random = options.random
                let seed = random.next()
                if options.kind == Kind.client {
                    let client = Client(options)
                    return LayeredNode(
                        client, of: "peerpigeon", over: .asking(client, options), options.settings, Random(seed: seed))
                }
                let hub = Hub(options)
                return LayeredNode(
                    hub, of: "peerpigeon", over: .serving(hub, options), options.settings, Random(seed: seed))
            }),
        meshes: .init(relay: .peerPigeon), recording: .peerPigeon)
    /// The kinds of nodes.
    private enum Kind {
        static let hub = "hub"
        static let client = "client"
    }
}
