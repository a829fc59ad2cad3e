public import Node
import Wire

/// How an end of a connection is set up, by what it is made from.
public typealias Libp2pSetup = @Sendable (LayerOptions) -> Libp2pOptions

extension LayerDefinition {
    private static func libp2p(
        _ name: String, _ messages: [any Message.Type], opensChannels: Bool = false, encrypts: Bool = false,
        observer: @escaping @Sendable () -> any Observer = { SilentObserver() },
        layer: @escaping @Sendable (Secrets?) -> any Layer, end: @escaping @Sendable (LayerOptions) -> any LayerEnd
    ) -> LayerDefinition {
        LayerDefinition(
            name: name, messages: messages, carriesMessages: false, opensChannels: opensChannels,
            encrypts: encrypts, layer: { _, secrets in layer(secrets) }, observer: { _, _ in observer() }, end: end)
    }
    /// multistream-select, under the name of the place where it stands.
    static func multistream(
        _ name: String, _ offers: @escaping @Sendable (LayerOptions) -> MultistreamOffers
    ) -> LayerDefinition {
        libp2p(
            name, [MultistreamToken.self],
            observer: { NegotiationObserver(isInTheClear: name == LayerName.security) },
            layer: { _ in MultistreamLayer() }
        ) { MultistreamEnd(offers($0), $0) }
    }
    /// plaintext/2.0.0.
    static func plaintext(_ setup: @escaping Libp2pSetup) -> LayerDefinition {
        libp2p(
            LayerName.plaintext, [PlaintextExchange.self], observer: { ExchangeObserver() },
            layer: { _ in PlaintextLayer() }
        ) {
            PlaintextEnd(setup($0).identity, $0)
        }
    }
    /// Noise.
    static func noise(_ setup: @escaping Libp2pSetup) -> LayerDefinition {
        libp2p(
            LayerName.noise, [NoiseHello.self, NoiseAnswer.self, NoiseFinal.self, NoiseFrame.self],
            encrypts: true, observer: { NoiseObserver() }, layer: { NoiseLayer($0) }
        ) {
            let options = setup($0)
            return NoiseEnd(options.identity, muxers: options.offersMuxersEarly ? options.muxers : [], $0)
        }
    }
    /// yamux.
    static let yamux = libp2p(
        LayerName.yamux, [YamuxFrame.self], opensChannels: true, observer: { YamuxObserver() },
        layer: { _ in YamuxLayer() }
    ) { YamuxEnd($0) }
    /// mplex.
    static let mplex = libp2p(
        LayerName.mplex, [MplexFrame.self], opensChannels: true, layer: { _ in MplexLayer() }
    ) { MplexEnd($0) }
    /// identify, and where a push says the same.
    static func identify(_ setup: @escaping Libp2pSetup, isPush: Bool) -> LayerDefinition {
        libp2p(
            isPush ? LayerName.identifyPush : LayerName.identify, [IdentifyMessage.self],
            observer: { isPush ? SilentObserver() as any Observer : IdentifyObserver() },
            layer: { _ in LeafLayer<IdentifyMessage>() }
        ) { IdentifyEnd(setup($0).identify($0), isPush: isPush, $0) }
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
    ) -> LayerStack { libp2p({ _ in options }, resolve: resolve) }
    /// The same, where each end is set up by what it is made from.
    public static func libp2p(
        _ setup: @escaping Libp2pSetup, resolve: @escaping @Sendable (String) -> String?
    ) -> LayerStack {
        LayerStack(
            bottom: LayerName.security,
            layers: [
                .multistream(LayerName.security) { MultistreamOffers(setup($0).security) },
                .multistream(LayerName.muxer) { MultistreamOffers(setup($0).muxers) },
                .multistream(LayerName.stream) {
                    let own = setup($0).protocols
                    // What is wanted is an id, or ids, or whatever of ours the other side speaks.
                    let isID = $0.target.hasPrefix("/")
                    return MultistreamOffers(proposals: isID ? [] : own) {
                        own.contains($0) || Libp2pOptions.common.contains($0)
                    }
                },
                .plaintext(setup), .noise(setup), .yamux, .mplex, .identify(setup, isPush: false),
                .identify(setup, isPush: true), .ping,
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
