import Libp2p
import Node
import Wire

// Gossip with message ids: IHAVE, IWANT and IDONTWANT.
extension Router {
    /// Offers the cached message ids of a topic to peers that are not in `mesh`.
    mutating func gossip(_ topic: [UInt8], except mesh: [Int], _ now: Instant) {
        var ids = cache.ids(topic)
        guard !ids.isEmpty, let all = topicTable[topic]?.peers else { return }
        let threshold = parameters.score?.gossip ?? 0
        let candidates = all.filter { i in
            !mesh.contains(i) && !table[i].isExplicit && !table[i].isFloodsub && score(i, now) >= threshold
        }
        let share = Int(parameters.gossipFactor * Double(candidates.count))
        let count = max(parameters.lazyDegree, share)
        let isCut = ids.count > parameters.idsEachHeartbeat
        for i in choose(count, of: candidates) {
            if isCut {
                // Each peer gets a different selection, so that the peers together know all ids.
                ids.shuffle(using: &random)
            }
            var ihave = IHave()
            ihave.topic = Text(bytes: Bytes(topic))
            ihave.messageIDs = isCut ? Array(ids.prefix(parameters.idsEachHeartbeat)) : ids
            outbox.control(i) { $0.ihave.append(ihave) }
        }
    }
    /// Handles IHAVE of a peer: requests the messages that were not seen.
    mutating func take(_ offers: [IHave], _ i: Int, _ now: Instant) {
        guard !offers.isEmpty, score(i, now) >= parameters.score?.gossip ?? 0, !has(.neverAsks) else { return }
        table[i].offers += 1
        guard table[i].offers <= parameters.offersEachHeartbeat else { return }
        let room = parameters.idsEachHeartbeat - table[i].asked
        guard room > 0 else { return }
        var wanted: [Bytes] = []
        var listed: Set<ByteKey> = []
        for offer in offers {
            guard let topic = offer.topic?.bytes.own, topicTable.isJoined(topic) else { continue }
            // Access is by index. Most ids are known, and copying one out of the list costs a reference count.
            for n in offer.messageIDs.indices {
                guard offer.messageIDs[n].own != nil else { continue }
                if offer.messageIDs[n].withSpan(in: RawSpan(), seen.contains) { continue }
                let id = offer.messageIDs[n]
                guard let bytes = id.own else { continue }
                if listed.insert(ByteKey(bytes)).inserted { wanted.append(id) }
                if wanted.count >= Self.listedLimit { break }
            }
        }
        guard !wanted.isEmpty else { return }
        // The order is random, so that routers do not all request the same messages from the same peers.
        wanted.shuffle(using: &random)
        if wanted.count > room { wanted = Array(wanted[..<room]) }
        table[i].asked += wanted.count
        if parameters.missedLimit > 0 {
            for id in wanted { missed.requested(id.array(), from: i, in: heartbeats) }
            if has(.countsOffers), let topic = offers.first?.topic?.bytes.own {
                for id in wanted { missed.arrived(id.array(), of: topic, by: i, isInMesh: false, in: heartbeats) }
            }
        }
        promises.add(wanted[draw(wanted.count)].array(), by: table[i].id, until: now + parameters.followUp)
        var iwant = IWant()
        iwant.messageIDs = wanted
        outbox.control(i) { $0.iwant.append(iwant) }
    }
    /// The maximum number of ids of one RPC that are considered.
    private static let listedLimit = 100_000

    /// Handles IWANT of a peer: sends the messages that are in the cache.
    mutating func take(wanted: [IWant], _ i: Int, _ now: Instant) {
        guard !wanted.isEmpty, score(i, now) >= parameters.score?.gossip ?? 0 else { return }
        var given: [PublishedMessage] = []
        var size = 0
        for id in wanted.lazy.flatMap(\.messageIDs) {
            let bytes = id.array()
            guard table[i].dontWants[bytes] == nil,
                let message = cache.give(bytes, to: table[i].id, most: parameters.retransmissions)
            else { continue }
            size += message.data?.count ?? 0
            given.append(message)
            // The size of an answer is bounded, regardless of the request.
            if size > Self.answerLimit { break }
        }
        if !given.isEmpty { outbox.add(i) { $0.publish += given } }
    }
    /// The size of the data in bytes after which the answer to IWANT ends.
    private static let answerLimit = 16 << 20

    /// Handles IDONTWANT of a peer.
    mutating func take(unwanted: [IDontWant], _ i: Int) {
        guard !unwanted.isEmpty else { return }
        table[i].dontWantRPCs += 1
        guard table[i].dontWantRPCs <= parameters.dontWantsEachHeartbeat else { return }
        let ids = unwanted.lazy.flatMap(\.messageIDs)
        for id in ids.prefix(parameters.idsOfDontWant) {
            guard table[i].dontWants.count < RouterPeer.dontWantLimit else { return }
            table[i].dontWants[id.array()] = heartbeats + parameters.dontWantTTL
        }
    }
}
