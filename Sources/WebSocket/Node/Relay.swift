import Node

/// The open connections of a node that forwards messages, by their target.
struct Relay: Sendable {
    /// The connections in the order of their opening.
    private var links: [String: [LinkID]] = [:]
    private var targets: [LinkID: String] = [:]

    /// Adds an open connection.
    mutating func join(_ link: LinkID, _ target: String) {
        targets[link] = target
        links[target, default: []].append(link)
    }
    /// Removes a closed connection.
    mutating func leave(_ link: LinkID) {
        guard let target = targets.removeValue(forKey: link) else { return }
        links[target]?.removeAll { $0 == link }
        if links[target]?.isEmpty == true { links[target] = nil }
    }
    /// Returns the connections that receive the messages of a connection, in the order of their opening.
    func receivers(of link: LinkID) -> [LinkID] {
        guard let target = targets[link] else { return [] }
        return (links[target] ?? []).filter { $0 != link }
    }
}
