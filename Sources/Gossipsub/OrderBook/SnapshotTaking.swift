import Libp2p
import Node

/// A snapshot of a market that is being taken.
struct SnapshotTaking: Sendable {
    /// Peers that are to give theirs.
    let wanted: Int
    /// Those that did, and all that were asked.
    var given = 0
    var asked: Set<PeerID> = []
    /// Those that were asked and have not answered yet.
    var open: Set<PeerID> = []
}

/// A market of which snapshots are taken.
struct SnapshotMarket: Sendable {
    var ring = CandidateRing()
    var taking: SnapshotTaking?
    /// One is wanted.
    var isWanted: Bool
    /// When the last one began.
    var began: Instant?
    /// Since when the topic has no peer.
    var alone: Instant?

    init(isWanted: Bool) { self.isWanted = isWanted }

    /// From one snapshot to the next, at least.
    static let rest = Duration.seconds(10)
    /// After so long without a peer of the topic another one is wanted.
    static let solitude = Duration.seconds(60)

    /// When the next one may begin; nil: none is wanted, or one is being taken.
    var beginsAt: Instant? {
        guard isWanted, taking == nil else { return nil }
        return began.map { $0 + Self.rest } ?? .zero
    }
}

/// A request that a peer is to answer.
struct SnapshotExchange: Sendable {
    let market: [UInt8]
    let peer: PeerID
    let began: Instant
    /// When something came last.
    var heard: Instant
    var reader = PartReader()
    /// Something was agreed on.
    var isOpen = false

    init(_ market: [UInt8], _ peer: PeerID, _ now: Instant) {
        (self.market, self.peer, began, heard) = (market, peer, now, now)
    }
    /// No part for so long, or no last one: it failed.
    static let partPatience = Duration.seconds(5)
    static let patience = Duration.seconds(30)
    var deadline: Instant { min(heard + Self.partPatience, began + Self.patience) }
}

/// What is to be done about snapshots, in order.
enum SnapshotAction: Equatable, Sendable {
    /// Open a stream to a peer and tell of it.
    case ask(PeerID, market: [UInt8])
    case act(StreamAction)
    /// It sent what is not valid.
    case blame(PeerID, market: [UInt8])
    case report(Event)
}
