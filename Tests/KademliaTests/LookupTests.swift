import Libp2p
import Node
import Testing

@testable import Kademlia

@Suite struct LookupTests {
    private let key = Array("a key".utf8)

    /// A mesh in which each peer knows some others. `known` are the peers that answer.
    private func play(
        _ lookup: inout Lookup, knows: (PeerID) -> [PeerID], fails: (PeerID) -> Bool = { _ in false }
    ) -> [PeerID] {
        var asked: [PeerID] = []
        var open: [PeerID] = []
        while !lookup.isOver {
            while let next = lookup.next() { open.append(next) }
            guard !open.isEmpty else { break }
            // The latest request is answered first.
            let peer = open.removeLast()
            asked.append(peer)
            if fails(peer) { lookup.failed(peer) } else { lookup.answered(peer, closer: knows(peer)) }
        }
        return asked
    }
    /// A lookup follows the answers to the nearest peers, and asks none twice and never itself.
    @Test func findsNearestOverOthers() {
        let all = nearest(to: key, among: 1...200)
        // Each peer knows the ten that are next nearer to the key, and the node that asks.
        let places = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($0.element, $0.offset) })
        var lookup = Lookup(of: KadID(of: key), from: [all[199]], by: peer(0), count: 20, parallelism: 3)
        let asked = play(&lookup) { from in
            let i = places[from] ?? 0
            return Array(all[max(0, i - 10)..<i]) + all[0..<min(20, i)].suffix(i < 30 ? 20 : 0) + [peer(0)]
        }
        #expect(lookup.nearest == Array(all.prefix(20)))
        #expect(Set(asked).count == asked.count && !asked.contains(peer(0)))
        // The last requests need not be answered.
        #expect(lookup.requests == asked.count + lookup.inFlight)
    }
    @Test func keepsRequestsWithinLimit() {
        var lookup = Lookup(of: KadID(of: key), from: (1...30).map(peer), by: peer(0), count: 20, parallelism: 10)
        var asked: [PeerID] = []
        while let next = lookup.next() { asked.append(next) }
        #expect(asked == Array(nearest(to: key, among: 1...30).prefix(10)) && lookup.inFlight == 10)
        lookup.failed(asked[0])
        // A peer that failed makes room for the next one, and counts no more.
        #expect(lookup.next() == nearest(to: key, among: 1...30)[10] && lookup.next() == nil)
        // An answer of a peer that was not asked changes nothing.
        lookup.answered(peer(99), closer: [peer(98)])
        #expect(!lookup.knows(peer(98)))
    }
    /// Peers that fail do not end a lookup, and are not in its result.
    @Test func skipsPeersThatFail() {
        let all = nearest(to: key, among: 1...60)
        var lookup = Lookup(of: KadID(of: key), from: all, by: peer(0), count: 20, parallelism: 10)
        let bad = Set(all.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element))
        _ = play(&lookup, knows: { _ in [] }, fails: { bad.contains($0) })
        #expect(lookup.nearest == Array(all.filter { !bad.contains($0) }.prefix(20)))
    }
    @Test func isOverWithoutPeers() {
        let lookup = Lookup(of: KadID(of: key), from: [], by: peer(0), count: 20, parallelism: 10)
        #expect(lookup.isOver && lookup.nearest.isEmpty)
        let alone = Lookup(of: KadID(of: key), from: [peer(0)], by: peer(0), count: 20, parallelism: 10)
        #expect(alone.isOver)
    }
    /// A peer that names thousands of others costs bounded memory.
    @Test func learnsLimitedNumberOfPeers() {
        var lookup = Lookup(of: KadID(of: key), from: [peer(1)], by: peer(0), count: 20, parallelism: 10)
        _ = lookup.next()
        lookup.answered(peer(1), closer: (2...1500).map(peer))
        #expect((2...1500).filter { lookup.knows(peer($0)) }.count < 1030)
    }
}
