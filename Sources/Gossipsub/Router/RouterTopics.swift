import Libp2p
public import Node
import Wire

// The topics of this node and of its peers.
extension Router {
    /// Sends the first RPC to a new peer: all topics, and in 1.3 the extensions.
    mutating func greet(_ i: Int, _ out: inout [RouterAction]) {
        var rpc = RPCContent()
        for topic in topics { rpc.subscriptions.append(Subscription(topic, true)) }
        if tellsExtensions(table[i].version) {
            rpc.control = Control()
            rpc.control?.extensions = ownExtensions
        }
        guard !rpc.isSilent else { return }
        // The topics of this node may not fit into one RPC. The extensions are in the first one.
        for part in rpc.parts(parameters.largestRPC) { send(part, to: i, &out) }
    }
    /// Joins a topic: announces it to all peers, and adds some to the mesh.
    public mutating func subscribe(_ topic: [UInt8], now: Instant, _ out: inout [RouterAction]) {
        guard topicTable[topic]?.isJoined != true, topics.count < Self.topicLimit else { return }
        topicTable[topic, default: RouterTopic()].isJoined = true
        topics.append(topic)
        topics.sort { $0.lexicographicallyPrecedes($1) }
        book?.join(topic)
        tell(topic, true)
        join(topic, now, &out)
        flush(&out)
    }
    private mutating func tell(_ topic: [UInt8], _ isOn: Bool) {
        for i in table.ordered { outbox.add(i) { $0.subscriptions.append(Subscription(topic, isOn)) } }
    }
    private mutating func join(_ topic: [UInt8], _ now: Instant, _ out: inout [RouterAction]) {
        let old = topicTable[topic]?.fanout ?? []
        topicTable[topic]?.fanout = []
        fanouts.remove(topic)
        guard parameters.degree > 0 else { return }
        let candidates = meshCandidates(topic, now)
        let first = choose(degrees.d, of: candidates.filter { old.contains($0) })
        let rest = choose(degrees.d - first.count, of: candidates.filter { !first.contains($0) })
        for i in first + rest { graft(i, in: topic, at: now, into: &out) }
    }
    /// Leaves a topic: announces it to all peers, and removes the peers from the mesh.
    public mutating func unsubscribe(_ topic: [UInt8], now: Instant, _ out: inout [RouterAction]) {
        guard topicTable[topic]?.isJoined == true else { return }
        topicTable[topic]?.isJoined = false
        topics.remove(topic)
        book?.leave(topic)
        missed.forget(topic: topic)
        tell(topic, false)
        let mesh = topicTable[topic]?.mesh ?? []
        for i in mesh { leaveMesh(i, of: topic, because: "left", at: now, into: &out) }
        for i in mesh { prune(i, in: topic, for: .leaving, at: now) }
        forgetIfIdle(topic)
        flush(&out)
    }
    /// Handles the subscriptions of a peer.
    mutating func take(
        _ subscriptions: [Subscription], from i: Int, at now: Instant, into out: inout [RouterAction]
    ) {
        for subscription in subscriptions {
            guard let topic = subscription.topic?.bytes.array() else { continue }
            if subscription.subscribe == true {
                guard table[i].topics.count < RouterPeer.topicLimit,
                    table[i].topicBytes + topic.count <= RouterPeer.topicByteLimit,
                    table[i].topics.insert(topic).inserted
                else { continue }
                table[i].topicBytes += topic.count
                topicTable[topic, default: RouterTopic()].peers.append(i)
            } else if table[i].topics.contains(topic) {
                table[i].topics.remove(topic)
                table[i].topicBytes -= topic.count
                topicTable[topic]?.fanout.remove(i)
                if topicTable[topic]?.mesh.contains(i) == true {
                    leaveMesh(i, of: topic, because: "unsubscribed", at: now, into: &out)
                }
                drop(i, of: topic)
            }
        }
    }
}

extension Subscription {
    init(_ topic: [UInt8], _ isOn: Bool) {
        self.init()
        (subscribe, self.topic) = (isOn, Text(bytes: Bytes(topic)))
    }
}
