import Node

/// The neighbours of a hub, each with the links to it: a data channel, WebSocket connections, or both.
struct Neighbours: Sendable {
    struct Neighbour: Sendable {
        var channel: LinkID?
        /// The time since which the channel is open.
        var since = Instant.zero
        /// The WebSocket connections, opened by either side.
        var sockets: [LinkID] = []
        /// The address to which this hub connected; nil: the neighbour connected.
        var dialed: Endpoint?
        /// The link for messages to the neighbour.
        var link: LinkID? { channel ?? sockets.first }
    }
    private(set) var all: [PeerID: Neighbour] = [:]
    private var owners: [LinkID: PeerID] = [:]

    /// Returns the hub at the other end.
    func hub(_ link: LinkID) -> PeerID? { owners[link] }
    func isChannel(_ link: LinkID) -> Bool { owners[link].flatMap { all[$0]?.channel } == link }
    var channelCount: Int { all.values.count { $0.channel != nil } }
    /// The ids in order, which is the same in each hub.
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
    /// Removes a link that ended. Returns the neighbour with its remaining links. A neighbour without links is removed.
    mutating func remove(_ link: LinkID) -> (hub: PeerID, left: Neighbour)? {
        guard let hub = owners.removeValue(forKey: link), var left = all[hub] else { return nil }
        if left.channel == link { left.channel = nil }
        left.sockets.removeAll { $0 == link }
        all[hub] = left.link == nil ? nil : left
        return (hub, left)
    }
}
