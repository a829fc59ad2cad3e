import Kademlia
import Libp2p
import Node
import Wire

// The commands and questions of a node's own operator.
extension GossipsubNode {
    static let controls = Host.controls + ownControls + DHT.questions
    private static let ownControls = [
        NodeControl(tells: "subscribe", "join a topic", .one("topic")),
        NodeControl(tells: "unsubscribe", "leave a topic", .one("topic")),
        NodeControl(
            tells: "publish", "publish to a topic, even if the node has not joined it", .one("topic"),
            details: [Named("data", "the data, as text or 0x and hexadecimal digits")]),
        NodeControl(
            tells: "explicit", "make a peer an explicit one, which is in no mesh and gets all messages", .one("peer")),
        NodeControl(
            tells: "order", "place or change an order on a market, and publish it", .one("market"),
            details: [
                Named("side", "buy or sell"), Named("price", "a decimal number"),
                Named("amount", "the remaining amount; 0: the order is gone"),
                Named("id", "the id of the order to change"), Named("version", "the version; by default the next one"),
            ], columns: ["id", "version"]),
        NodeControl(
            tells: "match", "offer to execute an order of this node against the best order of another author",
            .one("market"),
            details: [
                Named("id", "the id of the order"), Named("amount", "the amount; by default as much as possible"),
            ], columns: fillColumns),
        NodeControl(
            tells: "snapshot", "request a snapshot of a market, at least ten seconds after the last one",
            .one("market")),
        NodeControl(
            tells: "register", "register at a rendezvous point", .one("namespace"),
            details: [Named("peer", "the point"), Named("ttl", "duration in seconds")]),
        NodeControl(
            tells: "unregister", "end the registration at a rendezvous point", .one("namespace"),
            details: [Named("peer", "the point")]),
        NodeControl(
            tells: "discover", "ask a rendezvous point for peers, and connect to them", .one("namespace"),
            details: [Named("peer", "the point"), Named("limit", "maximum number of peers")]),
        NodeControl(
            asks: "book", "the orders of a market", .one("market"),
            columns: ["id", "author", "side", "price", "amount", "version"]),
        NodeControl(
            asks: "fills", "the executions on a market that it remembers", .one("market"), columns: fillColumns),
        NodeControl(asks: "mesh", "the peers in its meshes", columns: ["topic", "peer"]),
        NodeControl(
            asks: "peers", "the peers that it is connected to",
            columns: ["peer", "address", "dialed", "agent", "protocol", "protocols"]),
        NodeControl(asks: "score", "the scores of its peers", columns: ["peer", "score"]),
        NodeControl(asks: "identity", "its peer id", columns: ["peer"]),
    ]
    private static let fillColumns = [
        "id", "maker", "maker_order", "maker_version", "taker", "taker_order", "taker_version", "price", "amount",
    ]
    mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value? {
        let words = ControlArguments(arguments)
        var wanted: [RouterAction] = []
        switch name {
        case "subscribe", "unsubscribe":
            guard let topic = words.bytes("topic") else { return nil }
            marketsChanged = true
            if name == "subscribe" {
                router.subscribe(topic, now: now, &wanted)
            } else {
                router.unsubscribe(topic, now: now, &wanted)
            }
        case "publish":
            guard let topic = words.bytes("topic"), let data = words["data"] == nil ? [] : words.bytes("data"),
                data.count <= Self.publishLimit
            else { return nil }
            let id = router.publish(data, to: topic, now: now, &wanted)
            wanted.append(.report(NodeEvents.published(topic, data, id)))
        case "dial": guard host.dial(words, &out) else { return nil }
        case "disconnect": guard host.disconnect(words, now, &out) else { return nil }
        case "explicit":
            guard let peer = words.peer("peer") else { return nil }
            router.markExplicit(peer)
        case "order": return place(words, now, &out)
        case "match": return match(words, now, &out)
        case "snapshot": return wantSnapshot(words, now, &out)
        case "register", "unregister", "discover": return ask(name, with: words, at: now, into: &out)
        default: return answer(name, arguments, now: now)
        }
        act(wanted, now, &out)
        settle(now, &out)
        return .bool(true)
    }
    /// The maximum size of published data in bytes. A message and its frame must fit into an RPC.
    private static let publishLimit = RPC.limit - 1024

    func answer(_ question: String, _ arguments: [Value.Entry], now: Instant) -> Value? {
        switch question {
        case "mesh":
            return .list(
                router.topics.flatMap { topic in
                    router.mesh(topic).map {
                        .map([.init("topic", NodeEvents.topic(topic)), .init("peer", Self.text($0))])
                    }
                })
        case "peers":
            return .list(host.connected.map { row($0) })
        case "score":
            return .list(
                router.peers.map { peer in
                    let score = router.score(peer, now: now).map { Value.decimal("\($0)") } ?? .null
                    return .map([.init("peer", Self.text(peer)), .init("score", score)])
                })
        case "book": return bookRows(ControlArguments(arguments), now)
        case "fills": return fillRows(ControlArguments(arguments), now)
        case "identity": return .map([.init("peer", Self.text(host.identity.peer))])
        default: return dht?.answer(question, now: now)
        }
    }
    private func row(_ peer: PeerID) -> Value {
        let version = pubsub[peer]?.outbound.flatMap { host.spoken(on: $0) }
        let protocols = host.identified(peer)?.protocols ?? []
        return .map(
            host.row(peer) + [
                .init("protocol", version.map { .text($0) } ?? .null),
                .init("protocols", .list(protocols.map { .text($0) })),
            ])
    }
    private static func text(_ peer: PeerID) -> Value { .text(peer.description) }
}
