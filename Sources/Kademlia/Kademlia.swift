import Crypto
import Libp2p
public import Node
import Wire

extension Definition {
    /// The DHT of libp2p, with all the layers below it.
    public static let kademlia = Definition(
        name: "kad", title: "libp2p Kademlia DHT", transport: .tcp, requirementPrefix: "KAD",
        messages: [KadMessage.self],
        configuration: .init(
            profiles: [
                Named("spec", "the rules that libp2p specs and ipfs/specs have in common"),
                Named("go", "go-libp2p-kad-dht"), Named("rust", "rust-libp2p"), Named("js", "js-libp2p"),
                Named("py", "py-libp2p"),
            ],
            parameters: NodeParameters.parameters + Libp2pOptions.parameters,
            capabilities: Capability.allCases.map { Named($0.rawValue, $0.summary) },
            lacks: { Set(Capability.lacking($0).map(\.rawValue)) }),
        reading: .init(
            framing: { _ in PrefixedFraming(KadMessage.self, limit: KadMessage.limit) },
            layers: actorLayers,
            // A capture finds the connection for gossipsub, which has the same layers.
            probe: { _ in .no }),
        judging: .init(
            observed: kadRules, observer: { _, _ in SilentObserver() },
            messageObserver: { _, memory in KadObserver(memory: memory) }),
        playing: .init(
            algorithms: [.ed25519OfPeers],
            constants: { settings in
                let options = NodeParameters(settings).dht
                return [
                    .init("profile", .text(settings.profile)), .init("kad", .text(options.protocolID)),
                    .init("k", .uint(UInt64(options.bucketSize))), .init("alpha", .uint(UInt64(options.parallelism))),
                    .init("max_message", .uint(UInt64(KadMessage.limit))),
                ]
            },
            durations: { NodeParameters($0).durations },
            drawn: { random in [.init("nonce", .bytes(random.bytes(8)))] },
            functions: kadFunctions),
        naming: .init(
            identities: [
                "libp2p.exchange.exchange.id", "libp2p.identify.identify.public_key",
                "libp2p.noise_payload.identity_key",
            ],
            mentions: ["kad.message.message.closer_peers.id", "kad.message.message.provider_peers.id"],
            peerNames: .libp2p),
        exchanges: [
            MessageExchange(
                .init("kad.message", .differs("message.type", [.text("add_provider")])),
                .init("kad.message", .differs("message.type", [.text("add_provider")])))
        ],
        reference: .init(controls: KadNode.controls, node: { KadNode($0) }),
        meshes: .init(lookup: LookupModel { SimulatedDHT.run($0) }))

    /// The layers that actors of scenarios use, which depend on the parameters and on the target of the connection.
    private static let actorLayers = LayerStack.libp2p(
        { end in
            var options = Libp2pOptions(end.settings)
            options.protocols = [NodeParameters(end.settings).dht.protocolID]
            return options.adjusted(by: EndTarget(end.target))
        },
        ids: ["/ipfs/kad/1.0.0": "kad", "/ipfs/lan/kad/1.0.0": "kad", "/meshspec/kad/1.0.0": "kad"],
        resolve: { DHTOptions.isID($0) ? "kad" : nil })
}
