import Kademlia
import Libp2p
import Node
import Wire

// The DHT part of a node: it finds other members of its topics there.
extension GossipsubNode {
    /// Handles an event on a stream of the DHT. Returns false if it is about no such stream. The DHT also needs the news
    /// of connections, which are for others too.
    mutating func takeDHT(_ news: HostNews, _ now: Instant, _ out: inout [Action]) -> Bool {
        if case .received(let stream, _) = news, owners[stream] != nil { return false }
        return dht?.take(news, from: &host, now, &out) ?? false
    }
    mutating func wakeDHT(_ now: Instant, _ out: inout [Action]) {
        guard let due = dht?.deadline, due <= now else { return }
        dht?.wake(host: &host, now, &out)
    }
    /// Reports what the DHT found. Returns true if it had news.
    mutating func followDHT(_ now: Instant, _ out: inout [Action]) -> Bool {
        let news = dht?.takeNews() ?? []
        for case .providers(let key, let found, _) in news
        where found.contains(where: { $0.peer != host.identity.peer }) {
            out.append(
                .report(
                    Event(
                        "discovered", nil,
                        [
                            .init("key", .bytes(key)),
                            .init("found", .list(found.map { .text($0.peer.description) })),
                        ])))
        }
        return !news.isEmpty
    }
    /// Joins the namespace of each topic of this node, as go-libp2p-pubsub does: `floodsub:` and the topic. A node that
    /// carries the topics of another node joins the namespaces that this node names.
    mutating func followTopics(_ now: Instant, _ out: inout [Action]) {
        guard dht != nil, !carriesPubsub else { return }
        let wanted = Set(
            router.topics.compactMap { String(validating: $0, as: UTF8.self) }.map { "floodsub:" + $0 })
        meet(in: wanted, now, &out)
    }
    /// Joins these namespaces, and leaves all others.
    mutating func meet(in wanted: Set<String>, _ now: Instant, _ out: inout [Action]) {
        for name in namespaces.subtracting(wanted) { dht?.leave(name) }
        for name in wanted.subtracting(namespaces).sorted() { dht?.join(name, host: &host, now, &out) }
        namespaces = wanted
    }
}
