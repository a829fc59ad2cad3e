import Node
import Wire

/// All functions of scenario expressions.
let rpcFunctions = listings + messageFunctions + scoreFunctions + bookFunctions + fillFunctions

/// Functions that list parts of RPCs, which are given as received bytes. An RPC that cannot be decoded adds nothing to
/// a list.
private let listings: [ProtocolFunction] = [
    listing("subscriptions", "topic and subscribe of each subscription") { rpc in
        rpc.subscriptions.map {
            .map([.init("topic", topic($0.topic)), .init("subscribe", .bool($0.subscribe ?? false))])
        }
    },
    listing("messages", "from, data, seqno, topic, signature and key of each message, null if missing") { rpc in
        rpc.publish.map { message in
            .map([
                .init("from", bytes(message.from)), .init("data", bytes(message.data)),
                .init("seqno", bytes(message.sequence)), .init("topic", topic(message.topic)),
                .init("signature", bytes(message.signature)), .init("key", bytes(message.key)),
                .init("bytes", .bytes(message.encoded())),
            ])
        }
    },
    listing("grafts", "the topic of each graft") { $0.control?.graft.map { topic($0.topic) } ?? [] },
    listing("prunes", "topic, backoff, peer ids and records of each prune") { rpc in
        (rpc.control?.prune ?? []).map { prune in
            .map([
                .init("topic", topic(prune.topic)), .init("backoff", prune.backoff.map { .uint($0) } ?? .null),
                .init("peers", .list(prune.peers.map { bytes($0.peerID) })),
                .init("records", .list(prune.peers.map { bytes($0.signedPeerRecord) })),
            ])
        }
    },
    listing("ihaves", "topic and ids of each ihave") { rpc in
        (rpc.control?.ihave ?? []).map {
            .map([.init("topic", topic($0.topic)), .init("ids", .list($0.messageIDs.map { bytes($0) }))])
        }
    },
    listing("iwants", "the ids of all iwants") { rpc in
        (rpc.control?.iwant ?? []).flatMap { $0.messageIDs.map { bytes($0) } }
    },
    listing("idontwants", "the ids of all idontwants") { rpc in
        (rpc.control?.idontwant ?? []).flatMap { $0.messageIDs.map { bytes($0) } }
    },
    listing("test_extensions", "true for each RPC with a test extension message") {
        $0.testExtension == nil ? [] : [.bool(true)]
    },
    listing("extensions", "for each RPC with extensions, whether they include the test extension") { rpc in
        rpc.control?.extensions.map { [.bool($0.testExtension ?? false)] } ?? []
    },
]

/// Returns a function of a list of RPCs that concatenates the lists of all RPCs.
private func listing(
    _ name: String, _ usage: String, _ list: @escaping @Sendable (RPCContent) -> [Value]
) -> ProtocolFunction {
    var made = ProtocolFunction(
        "gossipsub.\(name)", arguments: 1...1, usage: "gossipsub.\(name)(link, or list of RPCs): \(usage)"
    ) {
        arguments throws(ProtocolFunction.Refusal) in
        guard case .list(let all) = arguments[0] else { throw ProtocolFunction.Refusal("a list of RPCs is expected") }
        return .list(
            all.flatMap { rpc -> [Value] in
                guard case .bytes(let wire) = rpc, let read = try? RPC(copying: wire) else { return [] }
                return list(read.rpc)
            })
    }
    made.isOfEachElement = true
    made.reads = "gossipsub.rpc"
    return made
}
private func bytes(_ field: Bytes?) -> Value { field.map { .bytes($0.array()) } ?? .null }
private func topic(_ field: Text?) -> Value { field.map { .text($0.string(in: RawSpan())) } ?? .null }
