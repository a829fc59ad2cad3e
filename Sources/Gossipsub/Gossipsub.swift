import Crypto
import Libp2p
public import Node
import Wire

/// With which both sides of a connection begin.
private let multistreamHeader = MultistreamToken(ProtocolID.multistream).encoded()

extension Definition {
    /// Gossipsub over libp2p, for captures: it has no node yet.
    public static let gossipsub = Definition(
        name: "gossipsub", title: "libp2p gossipsub", transport: .tcp, requirementPrefix: "GS",
        messages: [RPC.self], profiles: [Named("spec", "as the documents have it")],
        capabilities: Capability.allCases.map { Named($0.rawValue, $0.summary) },
        algorithms: [
            SignatureAlgorithm(
                name: "ed25519", seedCount: 32, publicKey: { Ed25519(seed: $0)?.publicKey },
                sign: { Ed25519(seed: $0)?.sign($1) },
                verify: { Ed25519.verify(publicKey: $0, message: $1, signature: $2) })
        ],
        functions: libp2pFunctions + rpcFunctions,
        layers: .libp2p({ temporary.adjusted(by: EndTarget($0.target)) }, resolve: { isPubsub($0) ? "gossipsub" : nil }), framing: { _ in RPCFraming() },
        probe: {
            $0.withUnsafeBytes { multistreamHeader.starts(with: $0.prefix(multistreamHeader.count)) } ? .certain : .no
        }, observer: { _, _ in SilentObserver() }, node: { _ in SilentNode() })

    /// Whether it is the id of a version of gossipsub, or of floodsub, which has the same messages.
    static func isPubsub(_ id: String) -> Bool { id.hasPrefix("/meshsub/") || id == ProtocolID.floodsub }
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

private let temporary: Libp2pOptions = {
    var o = Libp2pOptions()
    o.protocols = ["/meshsub/1.3.0", "/meshsub/1.2.0", "/meshsub/1.1.0", "/meshsub/1.0.0", "/floodsub/1.0.0"]
    return o
}()
