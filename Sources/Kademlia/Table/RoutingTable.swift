public import Libp2p

/// The servers that a node knows, in a bucket for each length of the prefix that their places have in common with its
/// own (libp2p specs, kad-dht, "Kademlia routing table").
///
/// A bucket has at most `bucketSize` peers. A full bucket keeps them, and remembers the latest other ones as
/// replacements for peers that are removed.
public struct RoutingTable: Sendable {
    struct Entry: Sendable {
        var peer: PeerID
        var place: KadID
    }
    private struct Bucket: Sendable {
        var entries: [Entry] = []
        /// The latest last.
        var replacements: [Entry] = []
    }
    private var buckets: [Bucket] = []
    /// The number of peers.
    public private(set) var count = 0
    private let own: KadID
    private let bucketSize: Int

    /// Creates an empty table of the node at the place `own`.
    public init(around own: KadID, bucketSize: Int) { (self.own, self.bucketSize) = (own, max(1, bucketSize)) }

    /// Adds a server. Returns false if it is there already, or if its bucket is full. The node itself is never added.
    public mutating func add(_ peer: PeerID) -> Bool {
        let place = KadID(peer)
        guard place != own else { return false }
        let i = (place ^ own).leadingZeros
        while buckets.count <= i { buckets.append(Bucket()) }
        guard !buckets[i].entries.contains(where: { $0.place == place }) else { return false }
        buckets[i].replacements.removeAll { $0.place == place }
        guard buckets[i].entries.count < bucketSize else {
            if buckets[i].replacements.count == bucketSize { buckets[i].replacements.removeFirst() }
            buckets[i].replacements.append(Entry(peer: peer, place: place))
            return false
        }
        buckets[i].entries.append(Entry(peer: peer, place: place))
        count += 1
        return true
    }
    /// Removes a peer that failed, or that is a server no longer. Returns the latest replacement of its bucket, which is
    /// no longer remembered, so that the caller can check and add it.
    public mutating func remove(_ peer: PeerID) -> PeerID? {
        let place = KadID(peer)
        let i = (place ^ own).leadingZeros
        guard buckets.indices.contains(i) else { return nil }
        buckets[i].replacements.removeAll { $0.place == place }
        guard let at = buckets[i].entries.firstIndex(where: { $0.place == place }) else { return nil }
        buckets[i].entries.remove(at: at)
        count -= 1
        return buckets[i].replacements.popLast()?.peer
    }
    public func contains(_ peer: PeerID) -> Bool {
        let place = KadID(peer)
        let i = (place ^ own).leadingZeros
        return buckets.indices.contains(i) && buckets[i].entries.contains { $0.place == place }
    }
    /// The lengths of prefixes with a peer, in order.
    public var filledBuckets: [Int] { buckets.indices.filter { !buckets[$0].entries.isEmpty } }
    /// All peers with the length of their prefix, the longest last.
    public var all: [(peer: PeerID, prefix: Int)] {
        buckets.indices.flatMap { i in buckets[i].entries.map { ($0.peer, i) } }
    }
    /// Returns at most `count` peers that are nearest to a place, the nearest first, among those that `isWanted`
    /// accepts.
    public func nearest(
        to place: KadID, atMost count: Int, where isWanted: (PeerID) -> Bool = { _ in true }
    ) -> [PeerID] { nearest(to: place, atMost: count) { isWanted($0) ? $0 : nil } }
    /// Returns what `make` makes of the peers that are nearest to a place, the nearest first, until it has made `count`.
    /// It is called for no further peer, and may leave peers out.
    func nearest<Made>(to place: KadID, atMost count: Int, _ make: (PeerID) -> Made?) -> [Made] {
        var made: [Made] = []
        made.reserveCapacity(count)
        var near: [(distance: KadID, bucket: Int, at: Int)] = []
        func take(_ some: Range<Int>) {
            guard made.count < count else { return }
            near.removeAll(keepingCapacity: true)
            for i in some {
                for (at, entry) in buckets[i].entries.enumerated() { near.append((entry.place ^ place, i, at)) }
            }
            near.sort { $0.distance < $1.distance }
            for peer in near where made.count < count {
                if let one = make(buckets[peer.bucket].entries[peer.at].peer) { made.append(one) }
            }
        }
        // Peers that share more bits with the place than this node does are in one bucket. All buckets of longer
        // prefixes share as many bits with the place as this node, and each bucket of a shorter prefix fewer.
        let common = min((place ^ own).leadingZeros, buckets.count)
        if common < buckets.count {
            take(common..<common + 1)
            take(common + 1..<buckets.count)
        }
        for i in (0..<common).reversed() { take(i..<i + 1) }
        return made
    }
}
