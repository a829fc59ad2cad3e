public import Node
import Wire

/// A function that returns the options of an end from the values that the end is created with.
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
    /// Creates a multistream-select layer, named after its place in the stack.
    static func multistream(
        _ name: String, _ offers: @escaping @Sendable (LayerOptions) -> MultistreamOffers
    ) -> LayerDefinition {
        libp2p(
            name, title: "multistream-select of libp2p", [MultistreamToken.self],
            observer: { _ in NegotiationObserver(isInTheClear: name == LayerName.security) },
            layer: { _ in MultistreamLayer() }
        ) { MultistreamEnd(offers($0), $0) }
    }
    /// Creates a plaintext/2.0.0 layer.
    static func plaintext(_ setup: @escaping Libp2pSetup) -> LayerDefinition {
        libp2p(
            LayerName.plaintext, [PlaintextExchange.self], observer: { _ in ExchangeObserver() },
            layer: { _ in PlaintextLayer() }
        ) {
            let options = setup($0)
            return PlaintextEnd(options.identity, fault: options.fault, $0)
        }
    }
    /// Creates a Noise layer.
    static func noise(_ setup: @escaping Libp2pSetup) -> LayerDefinition {
        var noise = libp2p(
            LayerName.noise, [NoiseHello.self, NoiseAnswer.self, NoiseFinal.self, NoiseFrame.self],
            encrypts: true, observer: { _ in NoiseObserver() }, layer: { NoiseLayer($0) }
        ) {
            let options = setup($0)
            let early = options.earlyMuxers ?? (options.offersMuxersEarly ? options.muxers : [])
            return NoiseEnd(options.identity, muxers: early, fault: options.fault, $0)
        }
        noise.layer = { settings, secrets in NoiseLayer(secrets, showsPayloads: settings == nil) }
        return noise
    }
    /// Creates a yamux layer.
    static func yamux(_ setup: @escaping Libp2pSetup) -> LayerDefinition {
        libp2p(
            LayerName.yamux, [YamuxFrame.self], opensChannels: true, observer: { _ in YamuxObserver() },
            layer: { _ in YamuxLayer() }
        ) { YamuxEnd($0, fault: setup($0).fault) }
    }
    /// Creates an mplex layer.
    static func mplex(_ setup: @escaping Libp2pSetup) -> LayerDefinition {
        libp2p(LayerName.mplex, [MplexFrame.self], opensChannels: true, layer: { _ in MplexLayer() }) {
            MplexEnd($0, fault: setup($0).fault)
        }
    }
    /// Creates an identify layer, or an identify push layer, which has the same messages.
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
    /// The ping layer.
    static let ping = libp2p(LayerName.ping, [PingMessage.self], layer: { _ in LeafLayer<PingMessage>() }) {
        PingEnd($0)
    }
}

extension LayerStack {
    /// Creates the stack of all libp2p layers over a fresh connection. `resolve`: returns the protocol for a negotiated
    /// id of a stream.
    public static func libp2p(
        _ options: Libp2pOptions = Libp2pOptions(), resolve: @escaping @Sendable (String) -> String?
    ) -> LayerStack { libp2p({ _ in options }, resolve: resolve) }
    /// Creates the stack with options for each end. `exchanges`: further layers that streams carry and that carry no
    /// layer themselves, by id. `ids`, `prefixes`: the protocols of known ids, and of ids with known prefixes.
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
                    // The target is one id, or several ids, or it leaves the choice to the protocols of this end.
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
