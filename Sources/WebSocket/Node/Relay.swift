import Node

/// The open connections of a node that hands messages on, by what was asked for.
struct Relay: Sendable {
    /// In the order in which they opened.
    private var links: [String: [LinkID]] = [:]
    private var targets: [LinkID: String] = [:]

    /// A connection is open.
    mutating func join(_ link: LinkID, _ target: String) {
        targets[link] = target
        links[target, default: []].append(link)
    }
    /// A connection is over.
    mutating func leave(_ link: LinkID) {
        guard let target = targets.removeValue(forKey: link) else { return }
        links[target]?.removeAll { $0 == link }
        if links[target]?.isEmpty == true { links[target] = nil }
    }
    /// Who gets what comes on a connection, in the order in which they opened.
    func receivers(of link: LinkID) -> [LinkID] {
        guard let target = targets[link] else { return [] }
        return (links[target] ?? []).filter { $0 != link }
    }
}
