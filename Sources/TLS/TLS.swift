public import Node
import Wire

extension LayerDefinition {
    /// TLS. Its ends are made from `context`; without one they refuse to begin.
    public static func tls(_ context: TLSContext? = nil) -> LayerDefinition {
        LayerDefinition(
            name: LayerName.records, title: "TLS", messages: [Record.self], carriesMessages: false, encrypts: true,
            layer: { _, secrets in TLSLayer(secrets) },
            observer: { _, _ in SilentObserver() }, end: { TLSEnd(context, $0) })
    }
    /// The handshake messages in it, for who looks on: `TLSEnd` speaks them by itself.
    static let handshakeMessages = LayerDefinition(
        name: LayerName.handshake, messages: HandshakeLayer.messages, carriesMessages: false,
        layer: { _, _ in HandshakeLayer() }, observer: { _, _ in SilentObserver() }, end: { TLSEnd(nil, $0) })
    /// The alerts in it, for who looks on.
    static let alerts = LayerDefinition(
        name: LayerName.alerts, messages: [Alert.self], carriesMessages: false, layer: { _, _ in AlertLayer() },
        observer: { _, _ in SilentObserver() }, end: { TLSEnd(nil, $0) })
}

extension LayerStack {
    /// TLS over a fresh connection; above it the protocol or layer `above`, whatever was negotiated.
    public static func tls(_ context: TLSContext? = nil, above: String) -> LayerStack {
        LayerStack(bottom: above, layers: [], resolve: { _ in nil }).secured(context, isBottom: true)
    }
    /// The same stack with TLS below it: at the bottom of every connection, or only known, so that it may stand in TLS
    /// that was found. `protocols`: what may be negotiated for that; nil: anything.
    public func secured(
        _ context: TLSContext? = nil, isBottom: Bool, for protocols: Set<String>? = nil
    ) -> LayerStack {
        let (old, first) = (resolve, bottom)
        var stack = self
        stack.layers = [.tls(context), .handshakeMessages, .alerts] + layers
        if isBottom { (stack.bottom, stack.security) = (LayerName.records, LayerName.records) }
        stack.resolve = { speaks in
            switch speaks {
            case LayerName.handshake, LayerName.alerts: speaks
            case LayerName.records: first
            default:
                if speaks.hasPrefix("\(LayerName.records)/") {
                    protocols?.contains(String(speaks.dropFirst(LayerName.records.count + 1))) ?? true ? first : nil
                } else {
                    old(speaks)
                }
            }
        }
        return stack
    }
}

extension Definition {
    /// The same protocol, for captures: found in TLS as well, where it stands on layers and TLS carries HTTP/1.1, as
    /// WebSocket does. `tls` belongs beside it, so that TLS itself is told.
    public func foundInTLS() -> Definition {
        var definition = self
        definition.layers = layers?.secured(isBottom: false, for: ["http/1.1"])
        return definition
    }
    /// TLS (RFC 8446), for captures: what is found in it is another protocol's. Its node says nothing.
    public static let tls = Definition(
        name: LayerName.records, title: "TLS", transport: .tcp, requirementPrefix: "TLS",
        messages: messagesOfTLS, profiles: [Named("rfc8446", "TLS 1.3")],
        layers: LayerStack(bottom: LayerName.records, layers: [.tls(), .handshakeMessages, .alerts]) {
            [LayerName.handshake, LayerName.alerts].contains($0) ? $0 : nil
        }, framing: { _ in RecordFraming() }, probe: { Definition.isHello($0) ? .certain : .no },
        observer: { _, _ in SilentObserver() }, node: { _ in SilentNode() })

    /// The same protocol over TLS with ends from `context`: its layers, and its reference node. `secrets`: where those
    /// of the node go.
    public func overTLS(_ context: TLSContext, secrets: Secrets? = nil) -> Definition {
        var definition = self
        // A protocol that is a layer itself is spoken by its scenarios and its node, not by an end.
        let bottom = layers?.bottom ?? name
        definition.layers =
            bottom == name ? .tls(context, above: name) : layers?.secured(context, isBottom: true)
        definition.node = { [node] options in
            var random = options.random
            return LayeredNode(
                node(options), of: bottom, over: .tls(context, above: bottom), options.settings,
                Random(seed: random.next()), secrets: secrets)
        }
        return definition
    }

    private static let messagesOfTLS: [any Message.Type] = [Record.self, Alert.self] + HandshakeLayer.messages
    /// Whether a stream begins with a record that begins with a hello.
    private static func isHello(_ bytes: RawSpan) -> Bool {
        guard bytes.byteCount >= 6 else { return false }
        let head = (0..<6).map { bytes.unsafeLoad(fromUncheckedByteOffset: $0, as: UInt8.self) }
        let type = HandshakeType(rawValue: head[5])
        let length = Int(head[3]) << 8 | Int(head[4])
        return head[0] == ContentType.handshake.rawValue && head[1] == 3 && head[2] <= 4 && length >= 4
            && length <= Record.fragmentLimit && (type == .clientHello || type == .serverHello)
    }
}

/// Says nothing.
struct SilentNode: Node {
    mutating func start(now: Instant, _ out: inout [Action]) {}
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {}
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {}
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {}
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {}
    mutating func wake(now: Instant, _ out: inout [Action]) {}
    var deadline: Instant? { nil }
}
