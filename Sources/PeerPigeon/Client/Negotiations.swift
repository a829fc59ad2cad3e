import Node

/// How far a client is with each peer.
struct Negotiations: Sendable {
    private enum State {
        /// This side offered.
        case offered
        case agreed
    }
    /// What nothing has answered by then is over.
    private static let patience = Duration.seconds(10)
    private var all: [PeerID: (state: State, session: UInt64, at: Instant)] = [:]

    mutating func offered(_ peer: PeerID, _ session: UInt64, _ now: Instant) {
        keep(peer, (.offered, session, now))
    }
    /// There is an offer and an answer.
    mutating func agreed(_ peer: PeerID, _ session: UInt64, _ now: Instant) {
        keep(peer, (.agreed, session, now))
    }
    mutating func end(_ peer: PeerID) { all[peer] = nil }
    /// Nothing has answered an offer of this side.
    func isOffered(_ peer: PeerID, _ now: Instant) -> Bool {
        guard let known = all[peer], known.state == .offered else { return false }
        return now < known.at + Self.patience
    }
    /// For people.
    func state(of peer: PeerID) -> String {
        switch all[peer]?.state {
        case .offered?: "offered"
        case .agreed?: "agreed"
        case nil: "none"
        }
    }
    /// Anybody may offer: no more are kept than peers.
    private mutating func keep(_ peer: PeerID, _ state: (State, UInt64, Instant)) {
        if all[peer] != nil || all.count < Limits.remotePeers { all[peer] = state }
    }
}
