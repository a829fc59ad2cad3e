internal import Node
import Wire

/// The superpeers that a superpeer knows, with their addresses. They are separate from the routes.
struct SuperpeerTable: Sendable {
    struct Entry: Sendable {
        var id: MeshID
        var endpoint: Endpoint
        var role: Role
        /// True if the operator has configured the superpeer. Its endpoint then never changes, and it is never
        /// forgotten.
        var isConfigured: Bool
        /// The time at which a message last named the superpeer.
        var named: Instant
        /// The time at which the superpeer was last greeted without having proved its address.
        var greeted: Instant?
        var metrics: Superpeer.Metrics?
    }
    /// The effect of a record: none, a new superpeer, or a new endpoint.
    enum Change { case none, added, moved }
    /// All superpeers, by id.
    private(set) var sorted: [Entry] = []

    var count: Int { sorted.count }
    subscript(_ id: MeshID) -> Entry? { find(id).map { sorted[$0] } }
    /// Returns the index of an id, or the index at which it would be inserted.
    private func position(of id: MeshID) -> Int { sorted.partitioningIndex { !$0.id.precedes(id) } }
    private func find(_ id: MeshID) -> Int? {
        let i = position(of: id)
        return i < sorted.count && sorted[i].id == id ? i : nil
    }

    /// Enters a superpeer that the operator has configured.
    mutating func configure(_ id: MeshID, at endpoint: Endpoint, role: Role, _ now: Instant) {
        let entry = Entry(id: id, endpoint: endpoint, role: role, isConfigured: true, named: now)
        if let i = find(id) { return sorted[i] = entry }
        sorted.insert(entry, at: position(of: id))
    }
    /// Applies a record of SUPERPEERS. Role and endpoint of a known superpeer change only if it sent the record itself
    /// (`isItself`).
    mutating func learn(
        _ record: Superpeer, at endpoint: Endpoint, isItself: Bool, _ now: Instant
    ) -> Change {
        guard let i = find(record.id) else {
            guard sorted.count < Limits.superpeers else { return .none }
            let new = Entry(
                id: record.id, endpoint: endpoint, role: record.role, isConfigured: false, named: now,
                metrics: record.metrics
            )
            sorted.insert(new, at: position(of: record.id))
            return .added
        }
        sorted[i].named = now
        if let metrics = record.metrics { sorted[i].metrics = metrics }
        guard isItself else { return .none }
        sorted[i].role = record.role
        guard !sorted[i].isConfigured, sorted[i].endpoint != endpoint else { return .none }
        sorted[i].endpoint = endpoint
        return .moved
    }
    /// Returns true if the superpeer is configured or a message has named it since the last greeting. It then counts as
    /// greeted now.
    mutating func mayGreet(_ id: MeshID, _ now: Instant) -> Bool {
        guard let i = find(id), sorted[i].isConfigured || sorted[i].greeted.map({ $0 < sorted[i].named }) ?? true
        else { return false }
        sorted[i].greeted = now
        return true
    }
    /// Removes the superpeers that no message has named for `Limits.superpeerMemory`. Returns their ids.
    mutating func expire(_ now: Instant) -> [MeshID] {
        func isOver(_ e: Entry) -> Bool { !e.isConfigured && e.named + Limits.superpeerMemory <= now }
        let gone = sorted.filter(isOver).map(\.id)
        if !gone.isEmpty { sorted.removeAll(where: isOver) }
        return gone
    }
}

extension Superpeer {
    /// Returns the endpoint at which the superpeer can be reached, if the datagram with the record was received from
    /// `source`.
    func endpoint(from source: Endpoint) -> Endpoint {
        endpoint ?? Endpoint(high: source.high, low: source.low, port: port == 0 ? source.port : port)
    }
    /// Creates the record of a superpeer at an endpoint. An unspecified address means the source address of the
    /// datagram.
    init(_ id: MeshID, at endpoint: Endpoint?, role: Role, hop: UInt8, age: UInt16) {
        self.init()
        (self.id, self.role, self.hop, self.age) = (id, role, hop, age)
        if let endpoint {
            if !endpoint.isUnspecified { self.endpoint = endpoint }
            port = endpoint.port
        }
    }
}
