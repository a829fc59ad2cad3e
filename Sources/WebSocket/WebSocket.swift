public import Node
import Wire

/// The units of a connection below its messages.
private let units: [any Message.Type] = [
    Upgrade.self, UpgradeResponse.self, HTTPRequest.self, HTTPResponse.self, HTTPBody.self, Frame.self,
]
/// The status codes of interim responses (RFC 9110, section 15.2), without 101.
private let informational: [Value] = ["100", "102", "103"]

extension Definition {
    /// The definition of WebSocket (RFC 6455) with permessage-deflate (RFC 7692): TCP, the heads of an upgrade, then
    /// frames.
    public static let webSocket = Definition(
        name: "websocket", title: "WebSocket", transport: .tcp, requirementPrefix: "WS",
        messages: units,
        configuration: .init(
            profiles: [Named("rfc6455", "version 13 of the protocol")],
            parameters: EndpointOptions.parameters,
            capabilities: [
                Named("server", "accepts connections"), Named("client", "opens connections that it is told of"),
                Named("echo", "sends back each message as it came: text as text, binary as binary"),
                Named("permessage_deflate", "agrees to compression"),
            ],
            lacks: { $0["deflate"] == "off" ? ["permessage_deflate"] : [] }),
        reading: .init(framing: { StreamFraming($0) }, layers: .webSocket { _ in nil }),
        judging: .init(
            observed: WebSocketRule.allCases.map { ObservedRequirement($0) },
            observer: { _, _ in ConnectionObserver() }),
        playing: .init(
            defaults: { ["target": .text($0.asked.target)] },
            constants: { [.init("resource", .text($0.asked.target)), .init("host", .text($0.asked.host))] },
            functions: webSocketFunctions),
        exchanges: [
            // The head of an upgrade is answered by one response, before which informational ones may come.
            MessageExchange(
                .init("websocket.upgrade"), .init("websocket.upgrade_response", .differs("status", informational))),
            MessageExchange(.init("http.request"), .init("http.response", .differs("status", informational))),
            MessageExchange(
                .init("websocket.frame", key: ["payload"], .equals("opcode", "ping")) { Opcode.ping.begins($0) },
                .init("websocket.frame", key: ["payload"], .equals("opcode", "pong")) { Opcode.pong.begins($0) }),
        ],
        reference: .init(
            bugs: Misbehaviour.bugs,
            kinds: [
                Named(ReferenceNode.Kind.echo, "sends back each message that it receives"),
                Named(
                    ReferenceNode.Kind.relay,
                    "hands each message on to the other connections that asked for the same target, and sends nothing back"
                ),
                Named(
                    ReferenceNode.Kind.autobahn,
                    "a client that runs all cases of an Autobahn server, to which it connects, and echoes"),
            ],
            controls: [
                NodeControl(
                    tells: "open", "opens a connection to a server by its URL", .one("url"))
            ],
            inquiry: .webSocket, node: { ReferenceNode($0) }), recording: .webSocket)
}

extension Opcode {
    /// Returns true if a frame with these bytes has the opcode.
    fileprivate func begins(_ frame: RawSpan) -> Bool {
        frame.byteCount > 0 && frame.unsafeLoad(as: UInt8.self) & 0x0f == rawValue
    }
}

extension Settings {
    /// The resource that scenarios request by default.
    var asked: Resource { resource ?? Resource(target: "/", host: "server.example") }
}

extension LayerStack {
    /// Returns a stack with WebSocket over a new connection. `resolve` maps target and subprotocol (`Agreement.speaks`)
    /// to the protocol that is carried; nil if it is unknown. `limits`, `bug` and `server` apply to our ends; `bug` is
    /// the name of a fault of WebSocket's own node.
    public static func webSocket(
        _ limits: Limits = Limits(), bug: String? = nil,
        server: @escaping @Sendable (inout ServerHandshake) -> Void = { _ in },
        _ resolve: @escaping @Sendable (String) -> String?
    ) -> LayerStack {
        LayerStack(
            bottom: "websocket",
            layers: [
                LayerDefinition(
                    name: "websocket", title: "WebSocket",
                    messages: units, carriesMessages: true,
                    contents: [Opcode.text.rawValue: TextMessage.self, Opcode.binary.rawValue: BinaryMessage.self],
                    layer: { settings, _ in WebSocketLayer(followsHTTP: settings == nil) },
                    observer: { _, _ in ConnectionObserver() },
                    end: {
                        EndpointOptions($0.settings, bug: bug.flatMap { Misbehaviour.named[$0] }).session(
                            $0.opener, to: $0.peer, target: $0.target.isEmpty ? "/" : $0.target, limits, server,
                            random: $0.random)
                    })
            ],
            resolve: resolve)
    }
}
