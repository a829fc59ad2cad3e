import Kademlia
import Libp2p
import Node
import Wire

// A carrier for a node of another protocol, which publishes and subscribes through it.
extension GossipsubNode: PubsubCarrier {
    func isOpening(_ first: UInt8) -> Bool { first == multistreamHeader.first }
    mutating func carry(_ call: PubsubCall, now: Instant, _ out: inout [Action]) {
        carriesPubsub = true
        marketsChanged = true
        var wanted: [RouterAction] = []
        switch call {
        case .meet(let namespace): meet(in: [namespace], now, &out)
        case .subscribe(let topic): router.subscribe(Array(topic.utf8), now: now, &wanted)
        case .unsubscribe(let topic): router.unsubscribe(Array(topic.utf8), now: now, &wanted)
        case .publish(let topic, let data): _ = router.publish(data, to: Array(topic.utf8), now: now, &wanted)
        }
        act(wanted, now, &out)
        settle(now, &out)
    }
    mutating func takePubsubEvents() -> [PubsubEvent] {
        guard !pubsubEvents.isEmpty else { return [] }
        defer { pubsubEvents = [] }
        return pubsubEvents
    }
    /// Keeps a message of a peer for the carried node.
    mutating func keep(_ message: PublishedMessage) {
        guard carriesPubsub, let topic = message.topic?.bytes.array(), let data = message.data?.own else { return }
        pubsubEvents.append(.published(String(decoding: topic, as: UTF8.self), data))
    }
    /// Keeps an event for the carried node for each topic of this node that a peer subscribes to.
    mutating func keepTopics(of content: RPCContent) {
        guard carriesPubsub else { return }
        for subscription in content.subscriptions where subscription.subscribe == true {
            guard let topic = subscription.topic?.bytes.array(), router.topics.contains(topic) else { continue }
            pubsubEvents.append(.joined(String(decoding: topic, as: UTF8.self)))
        }
    }
}
