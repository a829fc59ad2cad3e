public import Node
import Wire

/// How an end of a connection is set up, by what it is made from.
public typealias Libp2pSetup = @Sendable (LayerOptions) -> Libp2pOptions

extension LayerDefinition {
    static func libp2p(
        _ name: String, title: String? = nil, _ messages: [any Message.Type], opensChannels: Bool = false,
        encrypts: Bool = false,
        observer: @escaping @Sendable (Scrutiny) -> any Observer = { _ in SilentObserver() },
        layer: @escaping @Sendable (Secrets?) -> any Layer, end: @escaping @Sendable (LayerOptions) -> any LayerEnd
    ) -> LayerDefinition {
        LayerDefinition(
            name: name, title: title, messages: messages, carriesMessages: false, opensChannels: opensChannels,
            encrypts: encrypts, layer: { _, secrets in layer(secrets) }, observer: { observer($1) }, end: end)
    }
    /// multistream-select, under the name of the place where it stands.
    static func multistream(
        _ name: String, _ offers: @escaping @Sendable (LayerOptions) -> MultistreamOffers
    ) -> LayerDefinition {
        libp2p(
            name, title: "multistream-select of libp2p", [MultistreamToken.self],
            observer: { _ in NegotiationObserver(isInTheClear: name == LayerName.security) },
            layer: { _ in MultistreamLayer() }
        ) { MultistreamEnd(offers($0), $0) }
    }
    /// plaintext/2.0.0.
    static func plaintext(_ setup: @escaping Libp2pSetup) -> LayerDefinition {
        libp2p(
            LayerName.plaintext, [PlaintextExchange.self], observer: { _ in ExchangeObserver() },
            layer: { _ in PlaintextLayer() }
        ) {
            let options = setup($0)
            return PlaintextEnd(options.identity, fault: options.fault, $0)
        }
    }
    /// Noise.
    static func noise(_ setup: @escaping Libp2pSetup) -> LayerDefinition {
        libp2p(
            LayerName.noise, [NoiseHello.self, NoiseAnswer.self, NoiseFinal.self, NoiseFrame.self],
            encrypts: true, observer: { _ in NoiseObserver() }, layer: { NoiseLayer($0) }
        ) {
            let options = setup($0)
            let early = options.earlyMuxers ?? (options.offersMuxersEarly ? options.muxers : [])
            return NoiseEnd(options.identity, muxers: early, fault: options.fault, $0)
        }
    }
    /// yamux.
    static func yamux(_ setup: @escaping Libp2pSetup) -> LayerDefinition {
        libp2p(
            LayerName.yamux, [YamuxFrame.self], opensChannels: true, observer: { _ in YamuxObserver() },
            layer: { _ in YamuxLayer() }
        ) { YamuxEnd($0, fault: setup($0).fault) }
    }
    /// mplex.
    static func mplex(_ setup: @escaping Libp2pSetup) -> LayerDefinition {
        libp2p(LayerName.mplex, [MplexFrame.self], opensChannels: true, layer: { _ in MplexLayer() }) {
            MplexEnd($0, fault: setup($0).fault)
        }
    }
    /// identify, and where a push says the same.
    static func identify(_ setup: @escaping Libp2pSetup, isPush: Bool) -> LayerDefinition {
        libp2p(
            isPush ? LayerName.identifyPush : LayerName.identify, [IdentifyMessage.self],
            observer: { _ in isPush ? SilentObserver() as any Observer : IdentifyObserver() },
            layer: { _ in LeafLayer<IdentifyMessage>() }
        ) {
            let options = setup($0)
            return IdentifyEnd(options.identify($0), isPush: isPush, fault: options.fault, $0)
        }
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
    /// The same, where each end is set up by what it is made from. `exchanges`: what else streams carry, by its id, that
    /// stands on nothing and carries nothing. `ids`, `prefixes`: the protocols of ids that are known, and of those that
    /// begin so.
    public static func libp2p(
        _ setup: @escaping Libp2pSetup, exchanges: [String: LayerDefinition] = [:], ids: [String: String] = [:],
        prefixes: [String: String] = [:], resolve: @escaping @Sendable (String) -> String? = { _ in nil }
    ) -> LayerStack {
        var known = [
            LayerName.muxer: LayerName.muxer, LayerName.stream: LayerName.stream,
            ProtocolID.plaintext: LayerName.plaintext, ProtocolID.noise: LayerName.noise,
            ProtocolID.yamux: LayerName.yamux, ProtocolID.mplex: LayerName.mplex,
            ProtocolID.identify: LayerName.identify, ProtocolID.identifyPush: LayerName.identifyPush,
            ProtocolID.ping: LayerName.ping,
        ]
        for (id, exchange) in exchanges { known[id] = exchange.name }
        known.merge(ids) { $1 }
        return LayerStack(
            bottom: LayerName.security,
            layers: [
                .multistream(LayerName.security) {
                    let options = setup($0)
                    let inClear = options.fault == .msMuxerInClear ? options.muxers : []
                    return MultistreamOffers(proposals: options.security, options.fault) {
                        options.security.contains($0) || inClear.contains($0)
                    }
                },
                .multistream(LayerName.muxer) {
                    let options = setup($0)
                    return MultistreamOffers(options.muxers, options.fault)
                },
                .multistream(LayerName.stream) {
                    let options = setup($0)
                    let own = options.protocols
                    // What is wanted is an id, or ids, or whatever of ours the other side speaks.
                    let isID = $0.target.hasPrefix("/")
                    return MultistreamOffers(proposals: isID ? [] : own, options.fault) {
                        own.contains($0) || Libp2pOptions.common.contains($0)
                    }
                },
                .plaintext(setup), .noise(setup), .yamux(setup), .mplex(setup), .identify(setup, isPush: false),
                .identify(setup, isPush: true), .ping,
            ] + exchanges.sorted { $0.key < $1.key }.map(\.value), ids: known,
            prefixes: prefixes
        ) { [known] speaks in
            known[speaks] ?? prefixes.first { speaks.hasPrefix($0.key) }?.value ?? resolve(speaks)
        }
    }
}
