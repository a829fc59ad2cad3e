import Node

/// Peers of other hubs as the mesh tells of them. Each hub tells of its own again and again; who is not heard of for a
/// while is gone, with its hub or because nothing leads there any more.
struct MeshPeers: Sendable {
    /// How often the table is looked after, and at which of these times own peers are told of again.
    static let interval = Duration.seconds(20)
    static let refresh = 3
    /// For how long a peer is known that is not heard of again: more than two refreshes.
    static let lifetime = Duration.seconds(150)

    struct Known: Sendable {
        /// Nil: it left, which is remembered lest older news bring it back.
        var network: NetworkName?
        var announced: Announced
        /// The hub that it is at.
        var hub: PeerID
        /// When that hub said so, in milliseconds since 1970 by its clock.
        var stamp: Int64
        var heardAt: Instant
        /// The gossip that told of it, as it is passed on.
        var message: [UInt8]
    }
    private(set) var all: [PeerID: Known] = [:]
    /// Bytes of what is kept.
    private(set) var memory = 0

    subscript(peer: PeerID) -> Known? { all[peer] }
    /// Whether news of a peer are newer than what is known: later by the clock of its hub, or of another hub that it has
    /// moved to.
    func isNews(_ peer: PeerID, _ hub: PeerID, _ stamp: Int64) -> Bool {
        guard let known = all[peer] else { return true }
        // Hubs' clocks differ: a hub that says that a peer left speaks of its own peers only.
        return known.hub == hub ? stamp >= known.stamp : known.network == nil || stamp >= known.stamp
    }
    /// Whether there is room for one more.
    func hasRoom(for peer: PeerID) -> Bool {
        all[peer] != nil || all.count < Limits.remotePeers && memory < Limits.allAnnounced
    }
    mutating func set(_ peer: PeerID, _ known: Known?) {
        memory += Self.size(known) - Self.size(all[peer])
        all[peer] = known
    }
    private static func size(_ known: Known?) -> Int { known.map { $0.announced.memory + $0.message.count } ?? 0 }
    /// Those not heard of for too long, in order.
    func expired(_ now: Instant) -> [PeerID] {
        all.filter { now - $0.value.heardAt > Self.lifetime }.keys.sorted { $0.text < $1.text }
    }
    /// Those of a network, in the order of their ids.
    func peers(in network: NetworkName) -> [(id: PeerID, known: Known)] {
        all.filter { $0.value.network == network }.sorted { $0.key.text < $1.key.text }.map {
            (id: $0.key, known: $0.value)
        }
    }
}
