import Node

/// The other hubs of the mesh, near or far, as gossip and the lists of hubs report them.
struct KnownHubs: Sendable {
    private struct Known: Sendable {
        var heardAt: Instant
        /// True if its last channel ended or could not be opened. Nearer hubs that are gone must not keep this hub from
        /// farther ones.
        var hasFailed = false
    }
    private var all: [PeerID: Known] = [:]

    /// Learns of a hub. Returns true if it was not known.
    mutating func learn(_ hub: PeerID, _ now: Instant) -> Bool {
        if all[hub] != nil {
            all[hub]?.heardAt = now
            return false
        }
        guard all.count < Limits.hubs else { return false }
        all[hub] = Known(heardAt: now)
        return true
    }
    /// Forgets hubs that were not reported for a while.
    mutating func expire(_ now: Instant) { all = all.filter { now - $0.value.heardAt <= MeshPeers.lifetime } }
    /// Records whether a channel to a hub opened, or ended or could not be opened.
    mutating func set(_ hub: PeerID, hasFailed: Bool) { all[hub]?.hasFailed = hasFailed }
    /// Returns at most `count` hubs that are nearest to `me` by XOR, among these and `neighbours`. Hubs whose last
    /// channel failed are the last choice, or none at all.
    func nearest(to me: PeerID, beside neighbours: [PeerID], atMost count: Int, evenFailed: Bool) -> [PeerID] {
        let ids = Set(all.keys).union(neighbours)
        func closest(_ some: [PeerID], _ count: Int) -> [PeerID] {
            Distance.closest(me.text, some.map(\.text).sorted(), most: count, by: .xor).compactMap { PeerID($0) }
        }
        let good = closest(ids.filter { all[$0]?.hasFailed != true }, count)
        guard evenFailed, good.count < count else { return good }
        return good + closest(ids.filter { all[$0]?.hasFailed == true }, count - good.count)
    }
}
