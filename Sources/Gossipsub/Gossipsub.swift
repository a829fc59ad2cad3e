import Crypto
import Kademlia
import Libp2p
public import Node
import Wire

/// The multistream-select header, with which both sides of a connection begin.
let multistreamHeader = MultistreamToken(ProtocolID.multistream).encoded()

extension Definition {
    /// Gossipsub over libp2p, with all the layers below it.
    public static let gossipsub = Definition(
        name: "gossipsub", title: "libp2p gossipsub", transport: .tcp, requirementPrefix: "GS",
        messages: [RPC.self],
        configuration: .init(
            profiles: RouterParameters.profiles,
            parameters: NodeParameters.parameters + Libp2pOptions.parameters + RouterParameters.parameters,
            capabilities: Capability.allCases.map { Named($0.rawValue, $0.summary) },
            lacks: { Set(Capability.lacking($0).map(\.rawValue)) }),
        reading: .init(
            framing: { _ in PrefixedFraming(RPC.self, limit: RPC.limit) },
            layers: actorLayers, inner: .gossipsub,
            probe: {
                $0.withUnsafeBytes { multistreamHeader.starts(with: $0.prefix(multistreamHeader.count)) }
                    ? .certain : .no
            }),
        judging: .init(
            observed: observedRules, observer: { _, _ in StreamObserver() },
            messageObserver: { MeshObserver($0, memory: $1) }),
        playing: .init(
            algorithms: [.ed25519OfPeers],
            constants: { settings in
                [
                    .init("profile", .text(settings.profile)), .init("topic", .text(GossipsubNode.topic)),
                    .init("meshsub", .text(NodeParameters(settings).versions.first ?? "")),
                    .init("kad", .text(NodeParameters(settings).dht?.protocolID ?? "")),
                    .init("max_rpc", .uint(UInt64(RPC.limit))),
                ] + RouterParameters(settings).constants
            },
            durations: { RouterParameters($0).durations },
            drawn: { random in
                // A node that keeps running has seen the values of earlier cases, so each case draws its own.
                let number = random.next() >> 1
                return [
                    .init("room", .text("meshspec-\(random.bytes(4).hex)")), .init("first_seqno", .uint(number)),
                    .init("nonce", .bytes(random.bytes(8))),
                ]
            },
            functions: libp2pFunctions + rpcFunctions + messageFunctions),
        naming: .init(
            identities: [
                "libp2p.exchange.exchange.id", "libp2p.identify.identify.public_key",
                "libp2p.noise_payload.identity_key",
            ],
            mentions: ["gossipsub.rpc.rpc.publish.from", "gossipsub.rpc.rpc.control.prune.peers.peer_id"],
            peerNames: .libp2p),
        exchanges: [
            // The id of a message is its author and its number, unless the application defines another one.
            MessageExchange(
                .init("gossipsub.rpc", key: ["rpc.control.iwant.message_ids"], .has("rpc.control.iwant")),
                .init("gossipsub.rpc", key: ["rpc.publish.from", "rpc.publish.seqno"], isJoined: true),
                isAcrossChannels: true),
            // The last part completes the answer. A part before it could belong to an earlier request.
            MessageExchange(
                .init("gossipsub.snapshot_request"), .init("gossipsub.snapshot_part", .equals("part.last", true))),
            MessageExchange(.init("libp2p.ping", key: ["payload"]), .init("libp2p.ping", key: ["payload"])),
            MessageExchange(
                .init("libp2p.rendezvous", .has("rendezvous.register")),
                .init("libp2p.rendezvous", .has("rendezvous.register_response"))),
            MessageExchange(
                .init("libp2p.rendezvous", .has("rendezvous.discover")),
                .init("libp2p.rendezvous", .has("rendezvous.discover_response"))),
            MessageExchange(.init("libp2p.noise_hello"), .init("libp2p.noise_answer")),
        ],
        reference: .init(
            bugs: NodeFaults.bugs, controls: GossipsubNode.controls,
            inquiry: .gossipsub, node: { GossipsubNode($0) }),
        meshes: .init(gossip: .gossipsub), recording: .gossipsub)

    /// The layers that actors of scenarios use, which depend on the parameters and on the target of the connection.
    private static let actorLayers = LayerStack.libp2p(
        { end in
            var options = Libp2pOptions(end.settings)
            options.protocols = NodeParameters(end.settings).versions
            return options.adjusted(by: EndTarget(end.target))
        }, exchanges: [ProtocolID.rendezvous: .rendezvous, ProtocolID.snapshot: .snapshot],
        // Floodsub has the same messages.
        ids: [ProtocolID.floodsub: "gossipsub"], prefixes: [ProtocolID.meshsub: "gossipsub"])
}
