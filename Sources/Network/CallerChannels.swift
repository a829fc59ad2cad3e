internal import Node

/// The data channels that a driver opens for its caller. Each is a link.
struct CallerChannels {
    private var links: [LinkID: (carrier: NodeID, number: UInt64)] = [:]
    private var carriers: Set<NodeID> = []
    private var last: UInt64 = 0

    /// The carrier of a channel, and the number of the connection there; nil for any other link.
    subscript(link: LinkID) -> (carrier: NodeID, number: UInt64)? { links[link] }
    /// Adds a channel. The networks number their links from below.
    mutating func add(by carrier: NodeID) -> (link: LinkID, number: UInt64) {
        last += 1
        let link = LinkID(.max - last)
        links[link] = (carrier, last)
        return (link, last)
    }
    mutating func add(_ carrier: NodeID) { carriers.insert(carrier) }
    func isCarrier(_ node: NodeID) -> Bool { carriers.contains(node) }
    /// Returns the link of a connection.
    func link(_ number: UInt64) -> LinkID? { links[LinkID(.max - number)] == nil ? nil : LinkID(.max - number) }
    mutating func remove(_ link: LinkID) { links[link] = nil }
    mutating func remove(_ carrier: NodeID) {
        carriers.remove(carrier)
        links = links.filter { $0.value.carrier != carrier }
    }
}
