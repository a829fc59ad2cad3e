import Libp2p
import Node

/// A tap that passes the RPCs of a node through its wrapper. Each peer is a link.
struct NodeTap: Sendable {
    var tap: MessageTap
    private var links: [PeerID: LinkID] = [:]
    private var peers: [LinkID: PeerID] = [:]
    private var next: UInt64 = 1

    init(_ wrap: (any Node) -> any Node) { tap = MessageTap(wrap) }
    /// Returns the peer of a link.
    func peer(_ link: LinkID) -> PeerID? { peers[link] }
    func link(_ peer: PeerID) -> LinkID? { links[peer] }
    mutating func begin(_ peer: PeerID, _ at: Endpoint, by opener: Opener, _ now: Instant) -> [MessageTap.Message] {
        guard links[peer] == nil else { return [] }
        let link = LinkID(next)
        next += 1
        (links[peer], peers[link]) = (link, peer)
        return tap.opened(link, peer: at, by: opener, now)
    }
    mutating func end(_ peer: PeerID, _ now: Instant) -> [MessageTap.Message] {
        guard let link = links.removeValue(forKey: peer) else { return [] }
        let last = tap.closed(link, now)
        peers[link] = nil
        return last
    }
}
