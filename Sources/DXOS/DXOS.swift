public import Node
import WebSocket
import Wire

extension Definition {
    /// DXOS MESH signaling: dxRPC in binary WebSocket messages, with the signaling service in the payloads of its
    /// calls.
    public static let dxos = Definition(
        name: "dxos", title: "DXOS MESH signaling", transport: .tcp, requirementPrefix: "SIG", messages: dxosMessages,
        configuration: .init(
            profiles: [
                Named("v1", "the first messages of the service: metadata is not handed on"),
                Named("v3", "later ones: Join and messages may have metadata, which is handed on"),
            ],
            parameters: NodeParameters.parameters,
            capabilities: [
                Named("server", "serves Join, ReceiveMessages and SendMessage"),
                Named("client", "joins swarms at the servers that it is given"),
                Named("bye", "answers bye: builds since 2023"),
                Named("absent_payload", "answers a call without a payload"),
                Named("metadata", "hands on the metadata of messages: profile v3"),
                Named("hosts", "forms one mesh with other hosts: not with bus=off"),
                Named("bus", "speaks the bus of meshspec: only with bus=on"),
                Named("dht", "finds other hosts in a DHT: with bus=dht"),
                Named("networks", "has the command `network`: with bus=gossipsub or bus=dht"),
                Named("short_ttl", "its announcements to other hosts hold for 10 s at most: -P ttl=2s"),
                Named("handshake", "says open first: with handshake=on"),
                Named("redial", "a client: connects again when its connection ends"),
                Named("keepalive", "says __ping__: clients of builds since 2024-02-26"),
            ],
            lacks: { settings in
                let parameters = NodeParameters(settings)
                var lacks: Set<String> = []
                if parameters.build.onBye != .answers { lacks.insert("bye") }
                if !parameters.isV3 { lacks.insert("metadata") }
                if parameters.bus == .off { lacks.insert("hosts") }
                if parameters.bus != .on { lacks.insert("bus") }
                if parameters.bus != .dht { lacks.insert("dht") }
                if !parameters.bus.isCarried { lacks.insert("networks") }
                if parameters.announcementTTL.map({ $0 > .seconds(10) }) ?? true { lacks.insert("short_ttl") }
                if !parameters.handshake { lacks.insert("handshake") }
                if !parameters.build.keepsAlive { lacks.insert("keepalive") }
                return lacks
            },
            declarable: ["bye", "keepalive"],
            idle: { _, kind in
                let why = "a client does not use it"
                return kind == Kind.client ? NodeParameters.ofServers.map { Named($0, why) } : []
            }),
        reading: .init(
            framing: { _ in MessageFraming() }, layers: .dxos,
            probe: { _ in .no }, openings: dxosOpenings),
        judging: .init(
            observed: DXOSRule.allCases.map { ObservedRequirement($0) },
            observer: { _, _ in ConnectionObserver() },
            messageObserver: { _, memory in SwarmObserver(memory: memory) }),
        playing: .init(
            constants: { settings in
                [
                    .init("signal", .text(Method.service)), .init("bus", .text(Method.busService)),
                    .init("profile", .text(settings.profile)),
                    .init("grace_given", .bool(NodeParameters(settings).isGraceGiven)),
                ]
            },
            durations: { settings in
                let parameters = NodeParameters(settings)
                return [
                    ("grace", parameters.grace), ("ttl", parameters.announcementTTL ?? .zero),
                    ("reconnect", parameters.build.reconnect), ("resend", parameters.build.resend),
                ]
            },
            functions: dxosFunctions + webSocketFunctions),
        exchanges: [
            // The first answer counts if a call has several. The id 0 is left out on the wire.
            MessageExchange(
                .init("dxos.request", key: ["request.id"]), .init("dxos.response", key: ["response.id"]),
                absent: .uint(0))
        ],
        reference: .init(
            bugs: Misbehaviour.bugs,
            kinds: [
                Named(Kind.server, "serves all that connect"),
                Named(Kind.client, "a peer at the servers that it connects to"),
            ],
            controls: NodeQuestion.rules + SignalServer.controls + SignalClient.controls, inquiry: .dxos,
            node: { options in
                var random = options.random
                let node: any Node = options.kind == Kind.client ? SignalClient(options) : SignalServer(options)
                return LayeredNode(node, of: "dxos", over: .dxos, options.settings, Random(seed: random.next()))
            }), recording: .dxos)
    /// The kinds of nodes.
    private enum Kind {
        static let server = "server"
        static let client = "client"
    }

    static let dxosMessages: [any Message.Type] = [
        Request.self, Response.self, StreamClose.self, Open.self, OpenAck.self, Bye.self, NoContent.self,
        Keepalive.self, JoinRequest.self, ReceptionRequest.self, SignalMessage.self, SwarmEvent.self, HostEvent.self,
        HostEventV3.self, PeerEvent.self, BusSubscription.self, ReliablePayload.self, Acknowledgement.self,
        SwarmMessage.self,
    ]
}

extension LayerStack {
    /// The path of the service in every build.
    static let signalPath = "/.well-known/dx/signal"

    /// WebSocket without compression, at the path of the service, with any query and any subprotocol.
    static let dxos: LayerStack = {
        var stack = LayerStack.webSocket { speaks in
            speaks.prefix { $0 != "?" && $0 != " " } == signalPath ? "dxos" : nil
        }
        stack.kind = { Keepalive.isText($0) ? Opcode.text.rawValue : Opcode.binary.rawValue }
        stack.layers = stack.layers.map { layer in
            var layer = layer
            layer.end = { [end = layer.end] options in
                var options = options
                options.settings.values["deflate"] = "off"
                if options.target.isEmpty || options.target == "/" { options.target = signalPath }
                return end(options)
            }
            return layer
        }
        return stack
    }()
}
