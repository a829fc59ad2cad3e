public import Node
import Wire

extension LayerDefinition {
    /// Returns TLS as a layer. Its ends are made from `context`; without a context they refuse to begin.
    public static func tls(_ context: TLSContext? = nil) -> LayerDefinition {
        LayerDefinition(
            name: LayerName.records, title: "TLS", messages: [Record.self], carriesMessages: false, encrypts: true,
            layer: { _, secrets in TLSLayer(secrets) },
            observer: { _, _ in SilentObserver() }, end: { TLSEnd(context, $0) })
    }
    /// The handshake messages in it, for passive observers. `TLSEnd` sends and receives them itself.
    static let handshakeMessages = LayerDefinition(
        name: LayerName.handshake, messages: HandshakeLayer.messages, carriesMessages: false,
        layer: { _, _ in HandshakeLayer() }, observer: { _, _ in SilentObserver() }, end: { TLSEnd(nil, $0) })
    /// The alerts in it, for passive observers.
    static let alerts = LayerDefinition(
        name: LayerName.alerts, messages: [Alert.self], carriesMessages: false, layer: { _, _ in AlertLayer() },
        observer: { _, _ in SilentObserver() }, end: { TLSEnd(nil, $0) })
}

extension LayerStack {
    /// Returns a stack with TLS on a new connection. Above it is the protocol or layer `above`, whatever was
    /// negotiated.
    public static func tls(_ context: TLSContext? = nil, above: String) -> LayerStack {
        LayerStack(bottom: above, layers: [], resolve: { _ in nil }).secured(context, isBottom: true)
    }
    /// Returns the same stack with TLS below it. If `isBottom`, every connection begins with TLS; otherwise the stack
    /// may only be found inside TLS. `protocols` are the application protocols for which that is allowed; nil for any.
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
            case LayerStack.startTLS: LayerName.records
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
    /// Returns the same protocol for captures, found in TLS too. The protocol must be on layers, and TLS must carry
    /// HTTP/1.1, as for WebSocket. The definition `tls` is needed in addition, so that TLS itself is recorded.
    public func foundInTLS() -> Definition {
        var definition = self
        definition.reading.layers = reading.layers?.secured(isBottom: false, for: ["http/1.1"])
        return definition
    }
    /// TLS (RFC 8446), for captures. Its contents belong to other protocols. Its node does nothing.
    public static let tls = Definition(
        name: LayerName.records, title: "TLS", transport: .tcp, requirementPrefix: "TLS",
        messages: messagesOfTLS,
        configuration: .init(profiles: [Named("rfc8446", "TLS 1.3")]),
        reading: .init(
            framing: { _ in RecordFraming() },
            layers: LayerStack(bottom: LayerName.records, layers: [.tls(), .handshakeMessages, .alerts]) {
                [LayerName.handshake, LayerName.alerts].contains($0) ? $0 : nil
            }, probe: { Definition.isHello($0) ? .certain : .no }),
        judging: .init(observer: { _, _ in SilentObserver() }),
        reference: .init(node: { _ in SilentNode() }))

    /// Returns the same protocol over TLS with ends from `context`: its layers and its reference node. The secrets of
    /// the node are added to `secrets`.
    public func overTLS(_ context: TLSContext, secrets: Secrets? = nil) -> Definition {
        var definition = self
        // If the protocol is a layer itself, its scenarios and its node speak it, not an end.
        let bottom = reading.layers?.bottom ?? name
        definition.reading.layers =
            bottom == name ? .tls(context, above: name) : reading.layers?.secured(context, isBottom: true)
        definition.reference.node = { [node = reference.node] options in
            var random = options.random
            return LayeredNode(
                node(options), of: bottom, over: .tls(context, above: bottom), options.settings,
                Random(seed: random.next()), secrets: secrets)
        }
        return definition
    }

    private static let messagesOfTLS: [any Message.Type] = [Record.self, Alert.self] + HandshakeLayer.messages
    /// Returns true if a stream begins with a record that begins with a hello.
    private static func isHello(_ bytes: RawSpan) -> Bool {
        guard bytes.byteCount >= 6 else { return false }
        let head = (0..<6).map { bytes.unsafeLoad(fromUncheckedByteOffset: $0, as: UInt8.self) }
        let type = HandshakeType(rawValue: head[5])
        let length = Int(head[3]) << 8 | Int(head[4])
        return head[0] == ContentType.handshake.rawValue && head[1] == 3 && head[2] <= 4 && length >= 4
            && length <= Record.fragmentLimit && (type == .clientHello || type == .serverHello)
    }
}

/// A node that does nothing.
struct SilentNode: Node {
    mutating func start(now: Instant, _ out: inout [Action]) {}
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {}
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {}
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {}
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {}
    mutating func wake(now: Instant, _ out: inout [Action]) {}
    var deadline: Instant? { nil }
}
