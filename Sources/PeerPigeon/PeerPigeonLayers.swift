import Node
import WebSocket
import Wire

extension LayerStack {
    /// WebSocket without compression, for connections whose target names a peer, with a valid or invalid id.
    static let peerPigeon = stack(Limits.message, nil) { Self.namesPeer($0) ? name : nil }
    private static let name = "peerpigeon"
    private static func namesPeer(_ speaks: String) -> Bool {
        let parts = speaks.split(separator: " ")
        guard let query = parts.first?.split(separator: "?", maxSplits: 1).dropFirst().first else { return false }
        return query.split(separator: "&").contains {
            $0.prefix { $0 != "=" }.lowercased() == PeerID.parameter.lowercased()
        }
    }

    /// Returns the layers of a hub: it accepts all targets, answers plain HTTP, and sends its id when it connects.
    static func serving(_ hub: Hub, _ options: NodeOptions) -> LayerStack {
        let bug = hub.bug
        let most = Limits.message + (bug == .limitOneLess ? -1 : bug == .limitOneMore ? 1 : 0)
        let isRobust = hub.parameters.isRobust
        var stack = stack(most, bug, asRequired: isRobust) { _ in name }
        let targets = Dictionary(zip(options.peers, options.targets), uniquingKeysWith: { first, _ in first })
        let (me, isMesh, told) = (hub.me, hub.parameters.isMesh, Set(hub.told))
        stack.layers = stack.layers.map { layer in
            var own = layer
            own.end = { options in
                var options = options
                // Like the hub of version 1.1.3, it adds the id even if the address already has a query.
                if options.opener == .us {
                    let isTold = !isMesh || told.contains(options.peer)
                    let path = isTold ? targets[options.peer] ?? "/" : "/\(ChannelNegotiations.label)"
                    options.target = "\(path)?\(PeerID.parameter)=\(me.text)"
                }
                return layer.end(options)
            }
            return own
        }
        return stack
    }
    /// Returns the layers of a client: it sends its id when it connects.
    static func asking(_ client: Client, _ options: NodeOptions) -> LayerStack {
        var stack = stack(Limits.message, client.bug) { _ in name }
        let targets = Dictionary(zip(options.peers, options.targets), uniquingKeysWith: { first, _ in first })
        let (me, bug) = (client.me, client.bug)
        stack.layers = stack.layers.map { layer in
            var own = layer
            own.end = { options in
                var options = options
                options.target = ClientTarget.of(targets[options.peer] ?? "/", me, bug)
                return layer.end(options)
            }
            return own
        }
        return stack
    }
    /// Returns a stack. With `asRequired`, a request without Host is refused, as RFC 9112 requires.
    private static func stack(
        _ most: Int, _ bug: Misbehaviour?, asRequired: Bool = true,
        _ resolve: @escaping @Sendable (String) -> String?
    ) -> LayerStack {
        var limits = WebSocket.Limits()
        (limits.message, limits.frame) = (most, most)
        (limits.tellsWhy, limits.closeAnswer) = (false, closeAnswer(bug))
        var stack = LayerStack.webSocket(
            limits, bug: bug?.below,
            server: { server in
                (server.takesAnySubprotocol, server.servesHTTP) = (bug != .noSubprotocol, true)
                server.deflate = bug == .compresses ? server.deflate : nil
                (server.wantsHost, server.refusals) = (asRequired, refusals)
            }, resolve)
        stack.kind = { _ in Opcode.text.rawValue }
        return stack
    }
    private static func closeAnswer(_ bug: Misbehaviour?) -> CloseAnswer {
        switch bug {
        case .closeWithoutReason: .code
        case .closeIsAlwaysNormal: .normal
        default: .codeAndReason
        }
    }
    /// The library that the hub of version 1.1.3 uses has the same texts.
    private static let refusals: [HandshakeError.Cause: ServerHandshake.Refusal] = [
        .method: .init(405, "Invalid HTTP method"),
        .upgrade: .init(400, "Invalid Upgrade header"),
        .version: .init(400, "Missing or invalid Sec-WebSocket-Version header"),
        .key: .init(400, "Missing or invalid Sec-WebSocket-Key header"),
    ]
}
