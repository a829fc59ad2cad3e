import Node

/// The hubs that are next to a hub, each with the links to it: a data channel, WebSocket connections, or both.
struct Neighbours: Sendable {
    struct Neighbour: Sendable {
        var channel: LinkID?
        /// Since when that stands.
        var since = Instant.zero
        /// WebSocket connections, whoever dialed them.
        var sockets: [LinkID] = []
        /// Where it was dialed; nil: it dials this hub.
        var dialed: Endpoint?
        /// By which it is spoken to.
        var link: LinkID? { channel ?? sockets.first }
    }
    private(set) var all: [PeerID: Neighbour] = [:]
    private var owners: [LinkID: PeerID] = [:]

    /// The hub at the other end.
    func hub(_ link: LinkID) -> PeerID? { owners[link] }
    func isChannel(_ link: LinkID) -> Bool { owners[link].flatMap { all[$0]?.channel } == link }
    var channelCount: Int { all.values.count { $0.channel != nil } }
    /// By their ids, in the same order in each hub.
    var ids: [PeerID] { all.keys.sorted { $0.text < $1.text } }

    mutating func addSocket(_ link: LinkID, _ hub: PeerID, dialed: Endpoint?) {
        guard owners[link] == nil else { return }
        owners[link] = hub
        all[hub, default: Neighbour()].sockets.append(link)
        if let dialed { all[hub]?.dialed = dialed }
    }
    mutating func setChannel(_ link: LinkID, _ hub: PeerID, _ now: Instant) {
        owners[link] = hub
        all[hub, default: Neighbour()].channel = link
        all[hub]?.since = now
    }
    /// A link ended. The neighbour that it led to, as it is without; one that has no link any more is gone.
    mutating func remove(_ link: LinkID) -> (hub: PeerID, left: Neighbour)? {
        guard let hub = owners.removeValue(forKey: link), var left = all[hub] else { return nil }
        if left.channel == link { left.channel = nil }
        left.sockets.removeAll { $0 == link }
        all[hub] = left.link == nil ? nil : left
        return (hub, left)
    }
}
