public import Node
import Wire

/// How an end of a connection of libp2p is set up.
public struct Libp2pOptions: Sendable {
    /// Who we are; nil: a key for each connection.
    public var identity: Identity?
    /// How connections are protected, the most wanted first.
    public var security = [ProtocolID.noise, ProtocolID.plaintext]
    /// How they carry streams, the most wanted first.
    public var muxers = [ProtocolID.yamux, ProtocolID.mplex]
    /// Whether muxers are offered in the handshake of Noise.
    public var offersMuxersEarly = true
    /// Protocols that are accepted on streams of the other side, and told in identify.
    public var protocols: [String] = []
    /// Told in identify.
    public var agent = "meshspec"
    /// An end as the defaults have it.
    public init() {}

    fileprivate var identify: IdentifyContent {
        var content = IdentifyContent()
        content.publicKey = identity.map { Bytes($0.publicKey.encoded()) }
        content.protocols = (protocols + [ProtocolID.identify, ProtocolID.identifyPush, ProtocolID.ping]).map {
            Text($0)
        }
        (content.protocolVersion, content.agentVersion) = ("ipfs/0.1.0", Text(agent))
        return content
    }
}

extension LayerDefinition {
    private static func libp2p(
        _ name: String, _ messages: [any Message.Type],
        layer: @escaping @Sendable (Secrets?) -> any Layer, end: @escaping @Sendable (LayerOptions) -> any LayerEnd
    ) -> LayerDefinition {
        LayerDefinition(
            name: name, messages: messages, carriesMessages: false, layer: { _, secrets in layer(secrets) },
            observer: { _, _ in SilentObserver() }, end: end)
    }
    /// multistream-select, under the name of the place where it stands.
    static func multistream(_ name: String, _ offers: MultistreamOffers) -> LayerDefinition {
        libp2p(name, [MultistreamToken.self], layer: { _ in MultistreamLayer() }) { MultistreamEnd(offers, $0) }
    }
    /// plaintext/2.0.0.
    static func plaintext(_ options: Libp2pOptions) -> LayerDefinition {
        libp2p(LayerName.plaintext, [PlaintextExchange.self], layer: { _ in PlaintextLayer() }) {
            PlaintextEnd(options.identity, $0)
        }
    }
    /// Noise.
    static func noise(_ options: Libp2pOptions) -> LayerDefinition {
        libp2p(
            LayerName.noise, [NoiseHello.self, NoiseAnswer.self, NoiseFinal.self, NoiseFrame.self],
            layer: { NoiseLayer($0) }
        ) { NoiseEnd(options.identity, muxers: options.offersMuxersEarly ? options.muxers : [], $0) }
    }
    /// yamux.
    static let yamux = libp2p(LayerName.yamux, [YamuxFrame.self], layer: { _ in YamuxLayer() }) { YamuxEnd($0) }
    /// mplex.
    static let mplex = libp2p(LayerName.mplex, [MplexFrame.self], layer: { _ in MplexLayer() }) { MplexEnd($0) }
    /// identify, and where a push says the same.
    static func identify(_ options: Libp2pOptions, isPush: Bool) -> LayerDefinition {
        libp2p(
            isPush ? LayerName.identifyPush : LayerName.identify, [IdentifyMessage.self],
            layer: { _ in LeafLayer<IdentifyMessage>() }
        ) { IdentifyEnd(options.identify, isPush: isPush, $0) }
    }
    /// ping.
    static let ping = libp2p(LayerName.ping, [PingMessage.self], layer: { _ in LeafLayer<PingMessage>() }) {
        PingEnd($0)
    }
}

extension LayerStack {
    /// All layers of libp2p over a fresh connection. `resolve`: the protocol for what was negotiated on a stream.
    public static func libp2p(
        _ options: Libp2pOptions = Libp2pOptions(), resolve: @escaping @Sendable (String) -> String?
    ) -> LayerStack {
        let known = Set(options.protocols + [ProtocolID.identify, ProtocolID.identifyPush, ProtocolID.ping])
        return LayerStack(
            bottom: LayerName.security,
            layers: [
                .multistream(LayerName.security, MultistreamOffers(options.security)),
                .multistream(LayerName.muxer, MultistreamOffers(options.muxers)),
                .multistream(LayerName.stream, MultistreamOffers { known.contains($0) }),
                .plaintext(options), .noise(options), .yamux, .mplex, .identify(options, isPush: false),
                .identify(options, isPush: true), .ping,
            ]
        ) { speaks in
            switch speaks {
            case LayerName.muxer, LayerName.stream: speaks
            case ProtocolID.plaintext: LayerName.plaintext
            case ProtocolID.noise: LayerName.noise
            case ProtocolID.yamux: LayerName.yamux
            case ProtocolID.mplex: LayerName.mplex
            case ProtocolID.identify: LayerName.identify
            case ProtocolID.identifyPush: LayerName.identifyPush
            case ProtocolID.ping: LayerName.ping
            default: resolve(speaks)
            }
        }
    }
}
