import Libp2p
import Node

/// A snapshot of a market that is being taken.
struct SnapshotTaking: Sendable {
    /// The number of peers that must give their snapshot.
    let wanted: Int
    /// The number of peers that gave it, and all peers that were asked.
    var given = 0
    var asked: Set<PeerID> = []
    /// The peers that were asked and have not answered yet.
    var open: Set<PeerID> = []
}

/// A market for which snapshots are taken.
struct SnapshotMarket: Sendable {
    var ring = CandidateRing()
    var taking: SnapshotTaking?
    /// True if a snapshot must be taken.
    var isWanted: Bool
    /// The time when the last snapshot began.
    var began: Instant?
    /// The time since when the topic has no peer.
    var alone: Instant?

    init(isWanted: Bool) { self.isWanted = isWanted }

    /// The minimum time between the beginnings of two snapshots.
    static let rest = Duration.seconds(10)
    /// The time without a peer of the topic after which another snapshot must be taken.
    static let solitude = Duration.seconds(60)

    /// The time when the next snapshot may begin; nil if none is requested, or if one is being taken.
    var beginsAt: Instant? {
        guard isWanted, taking == nil else { return nil }
        return began.map { $0 + Self.rest } ?? .zero
    }
}

/// A request to a peer and its progress.
struct SnapshotExchange: Sendable {
    let market: [UInt8]
    let peer: PeerID
    let began: Instant
    /// The time when the last part arrived.
    var heard: Instant
    var reader = PartReader()
    /// True if a protocol was agreed on.
    var isOpen = false

    init(_ market: [UInt8], _ peer: PeerID, _ now: Instant) {
        (self.market, self.peer, began, heard) = (market, peer, now, now)
    }
    /// The maximum time without a new part, and the maximum time until the last part. The request fails after either.
    static let partPatience = Duration.seconds(5)
    static let patience = Duration.seconds(30)
    var deadline: Instant { min(heard + Self.partPatience, began + Self.patience) }
}

/// An action for a snapshot. Actions are taken in order.
enum SnapshotAction: Equatable, Sendable {
    /// Opens a stream to a peer, and calls `asking` with the stream.
    case ask(PeerID, market: [UInt8])
    case act(StreamAction)
    /// Lowers the score of a peer that sent invalid data.
    case blame(PeerID, market: [UInt8])
    case report(Event)
}
