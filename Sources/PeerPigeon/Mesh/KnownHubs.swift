import Node

/// The other hubs of the mesh, near or far, as gossip and the lists of hubs report them.
struct KnownHubs: Sendable {
    /// The hubs with the times of their last reports.
    private var all: [PeerID: Instant] = [:]
    /// The hubs whose last channel ended or could not be opened. Nearer hubs that are gone must not keep this hub from
    /// farther ones.
    private var failed: Set<PeerID> = []

    /// Learns of a hub. Returns true if it was not known.
    mutating func learn(_ hub: PeerID, _ now: Instant) -> Bool {
        guard all[hub] != nil || all.count < Limits.hubs else { return false }
        return all.updateValue(now, forKey: hub) == nil
    }
    /// Forgets hubs that were not reported for a while, and the failures of hubs that are neither known nor neighbours.
    mutating func expire(beside neighbours: [PeerID], _ now: Instant) {
        all = all.filter { now - $0.value <= MeshPeers.lifetime }
        failed.formIntersection(Set(all.keys).union(neighbours))
    }
    /// Records that a channel to a hub opened.
    mutating func opened(_ hub: PeerID) { failed.remove(hub) }
    /// Records that a channel to a hub ended or could not be opened. Returns false if there is no room for it: then
    /// nothing keeps this hub from offering again at once.
    mutating func fail(_ hub: PeerID) -> Bool {
        guard failed.contains(hub) || failed.count < Limits.hubs else { return false }
        failed.insert(hub)
        return true
    }
    /// Returns at most `count` hubs that are nearest to `me` by XOR, among these and `neighbours`. Hubs whose last
    /// channel failed are the last choice, or none at all.
    func nearest(to me: PeerID, beside neighbours: [PeerID], atMost count: Int, evenFailed: Bool) -> [PeerID] {
        let ids = Set(all.keys).union(neighbours)
        func closest(_ some: Set<PeerID>, _ count: Int) -> [PeerID] {
            Distance.closest(me.text, some.map(\.text).sorted(), most: count, by: .xor).compactMap { PeerID($0) }
        }
        let good = closest(ids.subtracting(failed), count)
        guard evenFailed, good.count < count else { return good }
        return good + closest(ids.intersection(failed), count - good.count)
    }
}
