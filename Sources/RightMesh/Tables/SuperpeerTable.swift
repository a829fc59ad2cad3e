internal import Node
import Wire

/// The superpeers that a superpeer knows, with their addresses: apart from the routes.
struct SuperpeerTable: Sendable {
    struct Entry: Sendable {
        var id: MeshID
        var endpoint: Endpoint
        var role: Role
        /// By the operator: its address stays, and it is never forgotten.
        var isTold: Bool
        /// When it was named last.
        var named: Instant
        var metrics: Superpeers.Metrics?
    }
    /// What became of a record.
    enum Change { case none, added }
    private var entries: [MeshID: Entry] = [:]

    /// How many there are.
    var count: Int { entries.count }
    subscript(_ id: MeshID) -> Entry? { entries[id] }
    /// All, by id.
    var sorted: [Entry] { entries.values.sorted { $0.id.precedes($1.id) } }

    /// One that the operator names.
    mutating func tell(_ id: MeshID, at endpoint: Endpoint, role: Role, _ now: Instant) {
        entries[id] = Entry(id: id, endpoint: endpoint, role: role, isTold: true, named: now)
    }
    /// A record of SUPERPEERS. What one says of itself (`isItself`) is believed more than what others say of it.
    mutating func learn(
        _ record: Superpeers.Superpeer, at endpoint: Endpoint, isItself: Bool, _ now: Instant
    ) -> Change {
        guard var known = entries[record.id] else {
            guard entries.count < Limits.superpeers else { return .none }
            entries[record.id] = Entry(
                id: record.id, endpoint: endpoint, role: record.role, isTold: false, named: now,
                metrics: record.metrics)
            return .added
        }
        known.named = now
        if isItself {
            if !known.isTold { known.endpoint = endpoint }
            known.role = record.role
        }
        known.metrics = record.metrics ?? known.metrics
        entries[record.id] = known
        return .none
    }
    /// Forgets those that nobody has named for long; tells which.
    mutating func expire(_ now: Instant) -> [MeshID] {
        let gone = entries.values.filter { !$0.isTold && $0.named + Limits.superpeerMemory <= now }.map(\.id)
        for id in gone { entries[id] = nil }
        return gone.sorted { $0.precedes($1) }
    }
}

extension Superpeers.Superpeer {
    /// Where it can be reached, when the datagram came from `source`.
    func endpoint(from source: Endpoint) -> Endpoint {
        endpoint ?? Endpoint(high: source.high, low: source.low, port: port == 0 ? source.port : port)
    }
    /// A record of a superpeer at an endpoint; an unspecified address stands for where the datagram comes from.
    init(_ id: MeshID, at endpoint: Endpoint?, role: Role, hop: UInt8, age: UInt16) {
        self.init()
        (self.id, self.role, self.hop, self.age) = (id, role, hop, age)
        if let endpoint {
            if !endpoint.isUnspecified { self.endpoint = endpoint }
            port = endpoint.port
        }
    }
}
