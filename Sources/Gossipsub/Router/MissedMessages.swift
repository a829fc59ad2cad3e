import Node

/// The messages that a mesh did not deliver, and the peers outside of it that had them (Spec/gossipsub/lib2p2.md,
/// missed messages).
///
/// A peer offers a message by IHAVE, the node requests it, and the peer sends it before any member of the mesh does. An
/// offer alone does not count, so that a peer cannot get into the mesh with ids that it makes up.
struct MissedMessages: Sendable {
    private struct Request: Sendable {
        var peers: Set<Int> = []
        var beat: Int
    }
    private var requests: [ByteKey: Request] = [:]
    /// The peers that delivered a missed message of a topic, with the heartbeat in which they did.
    private var deliveries: [ByteKey: [(peer: Int, beat: Int)]] = [:]

    /// The maximum number of requested ids, and of deliveries for each topic. Further ones do not count.
    static let limit = 10_000

    var isEmpty: Bool { requests.isEmpty && deliveries.isEmpty }

    /// Notes that the node requests a message that a peer offered.
    mutating func requested(_ id: [UInt8], from peer: Int, in beat: Int) {
        guard requests.count < Self.limit || requests[ByteKey(id)] != nil else { return }
        requests[ByteKey(id), default: Request(beat: beat)].peers.insert(peer)
    }
    /// Notes the first copy of a message. `isInMesh`: the peer that sent it is in the mesh of the topic.
    mutating func arrived(_ id: [UInt8], of topic: [UInt8], by peer: Int, isInMesh: Bool, in beat: Int) {
        guard let request = requests.removeValue(forKey: ByteKey(id)), request.peers.contains(peer), !isInMesh,
            deliveries[ByteKey(topic)]?.count ?? 0 < Self.limit
        else { return }
        deliveries[ByteKey(topic), default: []].append((peer, beat))
    }
    /// Returns the number of missed messages of a topic, and the number of them that each peer delivered.
    func count(_ topic: [UInt8]) -> (all: Int, of: [Int: Int]) {
        let list = deliveries[ByteKey(topic)] ?? []
        return (list.count, list.reduce(into: [:]) { $0[$1.peer, default: 0] += 1 })
    }
    mutating func forget(topic: [UInt8]) { deliveries[ByteKey(topic)] = nil }
    /// Forgets a peer whose index may be given to another peer.
    mutating func forget(peer: Int) {
        for id in requests.keys { requests[id]?.peers.remove(peer) }
        for topic in deliveries.keys { deliveries[topic]?.removeAll { $0.peer == peer } }
    }
    /// Forgets what happened in this heartbeat and in earlier ones.
    mutating func expire(until beat: Int) {
        requests = requests.filter { $0.value.beat > beat }
        for topic in deliveries.keys {
            deliveries[topic]?.removeAll { $0.beat <= beat }
            if deliveries[topic]?.isEmpty == true { deliveries[topic] = nil }
        }
    }
}
