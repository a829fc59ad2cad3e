import Node

/// The state of a client's negotiation with each peer.
struct Negotiations: Sendable {
    private enum State {
        /// This side sent an offer.
        case offered
        case agreed
    }
    /// The time limit for an answer.
    private static let patience = Duration.seconds(10)
    private var all: [PeerID: (state: State, session: UInt64, at: Instant)] = [:]

    mutating func offered(_ peer: PeerID, _ session: UInt64, _ now: Instant) {
        keep(peer, (.offered, session, now))
    }
    /// Records that there is an offer and an answer.
    mutating func agreed(_ peer: PeerID, _ session: UInt64, _ now: Instant) {
        keep(peer, (.agreed, session, now))
    }
    mutating func end(_ peer: PeerID) { all[peer] = nil }
    /// Returns true if an offer of this side is not answered yet.
    func isOffered(_ peer: PeerID, _ now: Instant) -> Bool {
        guard let known = all[peer], known.state == .offered else { return false }
        return now < known.at + Self.patience
    }
    /// Returns the state for people.
    func state(of peer: PeerID) -> String {
        switch all[peer]?.state {
        case .offered?: "offered"
        case .agreed?: "agreed"
        case nil: "none"
        }
    }
    /// Keeps a state. Any peer may send offers, so the number is limited to the number of peers.
    private mutating func keep(_ peer: PeerID, _ state: (State, UInt64, Instant)) {
        if all[peer] != nil || all.count < Limits.remotePeers { all[peer] = state }
    }
}
