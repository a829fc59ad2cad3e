import Node
import Wire

extension Definition {
    /// All messages of PeerPigeon's hubs.
    static let peerPigeonMessages: [any Message.Type] = [
        Connected.self, Announce.self, PeerDiscovered.self, PeerDisconnected.self, Offer.self, Answer.self,
        Candidate.self, Ping.self, Pong.self, Goodbye.self, Cleanup.self, HubError.self, SignalRelay.self,
        Rejection.self, CleanupAll.self, GossipMessage.self, Unrouted.self,
    ]
}
