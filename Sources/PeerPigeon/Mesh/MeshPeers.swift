import Node

/// The peers of other hubs, as the mesh reports them. Each hub reports its own peers repeatedly. A peer that is not
/// reported for a while is removed: its hub is gone, or no path leads there any more.
struct MeshPeers: Sendable {
    /// The interval of maintenance, and the number of intervals after which own peers are reported again.
    static let interval = Duration.seconds(20)
    static let refresh = 3
    /// The time for which a peer is known without a new report: more than two refreshes.
    static let lifetime = Duration.seconds(150)

    struct Known: Sendable {
        /// The network; nil: the peer left. That is remembered, so that older news cannot bring it back.
        var network: NetworkName?
        var announced: Announced
        /// The hub of the peer.
        var hub: PeerID
        /// The time of the report by that hub's clock, in milliseconds since 1970.
        var stamp: Int64
        var heardAt: Instant
        /// The gossip that reported the peer, in the form in which it is passed on.
        var message: [UInt8]
    }
    private(set) var all: [PeerID: Known] = [:]
    /// The number of bytes kept.
    private(set) var memory = 0

    subscript(peer: PeerID) -> Known? { all[peer] }
    /// Returns true if news of a peer is newer than the known news. The clock of its hub decides, or the clock of the
    /// hub to which it moved.
    func isNews(_ peer: PeerID, _ hub: PeerID, _ stamp: Int64) -> Bool {
        guard let known = all[peer] else { return true }
        // The clocks of hubs differ. A hub that reports that a peer left reports only its own peers.
        return known.hub == hub ? stamp >= known.stamp : known.network == nil || stamp >= known.stamp
    }
    /// Returns true if there is room for one more peer.
    func hasRoom(for peer: PeerID) -> Bool {
        all[peer] != nil || all.count < Limits.remotePeers && memory < Limits.allAnnounced
    }
    mutating func set(_ peer: PeerID, _ known: Known?) {
        memory += Self.size(known) - Self.size(all[peer])
        all[peer] = known
    }
    private static func size(_ known: Known?) -> Int { known.map { $0.announced.memory + $0.message.count } ?? 0 }
    /// Returns the peers without a recent report, in order.
    func expired(_ now: Instant) -> [PeerID] {
        all.filter { now - $0.value.heardAt > Self.lifetime }.keys.sorted { $0.text < $1.text }
    }
    /// Returns the peers of a network, in the order of their ids.
    func peers(in network: NetworkName) -> [(id: PeerID, known: Known)] {
        all.filter { $0.value.network == network }.sorted { $0.key.text < $1.key.text }.map {
            (id: $0.key, known: $0.value)
        }
    }
}
