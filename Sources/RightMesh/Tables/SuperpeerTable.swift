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
        /// When it was greeted last without having shown that it hears.
        var greeted: Instant?
        var metrics: Superpeers.Metrics?
    }
    /// What became of a record: nothing new, or no room for it; it is new; it is somewhere else now.
    enum Change { case none, added, moved }
    /// All, by id.
    private(set) var sorted: [Entry] = []
    /// Another number whenever one comes or goes.
    private(set) var version = 1

    /// How many there are.
    var count: Int { sorted.count }
    subscript(_ id: MeshID) -> Entry? {
        let i = place(of: id)
        return i < sorted.count && sorted[i].id == id ? sorted[i] : nil
    }
    /// Where it stands, or would.
    private func place(of id: MeshID) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle].id.precedes(id) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// One that the operator names.
    mutating func tell(_ id: MeshID, at endpoint: Endpoint, role: Role, _ now: Instant) {
        let entry = Entry(id: id, endpoint: endpoint, role: role, isTold: true, named: now)
        let i = place(of: id)
        if i < sorted.count, sorted[i].id == id { return sorted[i] = entry }
        sorted.insert(entry, at: i)
        version += 1
    }
    /// A record of SUPERPEERS. What one says of itself (`isItself`) is believed more than what others say of it.
    mutating func learn(
        _ record: Superpeers.Superpeer, at endpoint: Endpoint, isItself: Bool, _ now: Instant
    ) -> Change {
        let i = place(of: record.id)
        guard i < sorted.count, sorted[i].id == record.id else {
            guard sorted.count < Limits.superpeers else { return .none }
            version += 1
            sorted.insert(
                Entry(
                    id: record.id, endpoint: endpoint, role: record.role, isTold: false, named: now,
                    metrics: record.metrics), at: i)
            return .added
        }
        sorted[i].named = now
        if let metrics = record.metrics { sorted[i].metrics = metrics }
        guard isItself else { return .none }
        sorted[i].role = record.role
        guard !sorted[i].isTold, sorted[i].endpoint != endpoint else { return .none }
        sorted[i].endpoint = endpoint
        return .moved
    }
    /// Whether one has been named since it was greeted last, or was told by the operator; it counts as greeted then.
    mutating func mayGreet(_ id: MeshID, _ now: Instant) -> Bool {
        let i = place(of: id)
        guard i < sorted.count, sorted[i].id == id else { return false }
        guard sorted[i].isTold || sorted[i].greeted.map({ $0 < sorted[i].named }) ?? true else { return false }
        sorted[i].greeted = now
        return true
    }
    /// Forgets those that nobody has named for long; tells which.
    mutating func expire(_ now: Instant) -> [MeshID] {
        func isOver(_ e: Entry) -> Bool { !e.isTold && e.named + Limits.superpeerMemory <= now }
        let gone = sorted.filter(isOver).map(\.id)
        guard !gone.isEmpty else { return [] }
        sorted.removeAll(where: isOver)
        version += 1
        return gone
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
