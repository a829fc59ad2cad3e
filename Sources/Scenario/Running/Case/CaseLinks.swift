internal import Network
internal import Node

/// The links of a case, the connections that no step has accepted yet, and the faults.
struct CaseLinks {
    /// The links by name.
    private var byName: [String: Link] = [:]
    /// Incoming connections that no step has accepted yet.
    private(set) var arrivals: [Arrival] = []
    /// Open links whose names were given to newer links.
    private(set) var renamed: [(name: String, id: LinkID)] = []
    /// The data that arrived over layers while the harness sent, because it had to wait for the node.
    private var waited: [Waited] = []
    /// Faults in force, for links that are opened later too.
    private(set) var faults: [ActiveFault] = []
    /// The connections of the case, with their addresses.
    private(set) var connections: [CaseConnection] = []
    /// The memory that traffic of the case may still take before the case is abandoned.
    var budget = Budget()

    typealias Waited = (found: LinkStream.Found, entry: Int, id: LinkID)

    /// An incoming connection, with the events on it before a step accepted it.
    struct Arrival {
        var actor: String
        var id: LinkID
        var at: Instant
        var early: [(what: NetworkEvent, at: Instant)] = []
        var ends: (local: Endpoint, peer: Endpoint)?
    }
    /// Limits of the data that a case keeps, so that neither a node nor a scenario can exhaust memory.
    struct Budget {
        /// The number of bytes that the case may still send. Its limit is the one for values.
        var sent = HeldValues.limit
        /// The limit of bytes on all links together: 64 MiB.
        var bytes = 64 << 20
        /// The limit of messages on all links together.
        var records = 100_000
        /// The limit of connections that wait for a step at one time.
        static var arrivals: Int { 64 }
        var isUsedUp: Bool { bytes < 0 || records < 0 }
    }

    // Links by name

    subscript(name: String) -> Link? {
        _read { yield byName[name] }
        _modify { yield &byName[name] }
    }
    /// Removes a link, to change it and put it back.
    mutating func take(_ name: String) -> Link? { byName.removeValue(forKey: name) }
    var names: [String] { byName.keys.sorted() }
    var all: Dictionary<String, Link>.Values { byName.values }
    /// The links in the order in which their connections began.
    var inOrder: [Link] { byName.values.sorted { $0.id < $1.id } }
    /// Returns the name of the link that is the whole connection.
    func name(of id: LinkID) -> String? { byName.first { $0.value.id == id && $0.value.channel == nil }?.key }
    /// Returns whether a connection belongs to the case.
    func has(_ id: LinkID) -> Bool { name(of: id) != nil || arrivals.contains { $0.id == id } }
    /// Puts aside a link whose name is given to another one. It stays open until the case ends. Returns the link if its
    /// channels end by that.
    mutating func putAside(_ name: String) -> Link? {
        guard let old = byName[name], old.ending == nil, old.failure == nil, old.channel == nil else { return nil }
        renamed.append((name, old.id))
        return old
    }
    /// Removes the links that had this name. Returns their connections.
    mutating func removeRenamed(_ name: String) -> [LinkID] {
        defer { renamed.removeAll { $0.name == name } }
        return renamed.filter { $0.name == name }.map(\.id)
    }
    /// Adds a connection of the case. Returns its index.
    mutating func add(_ connection: CaseConnection) -> Int {
        connections.append(connection)
        return connections.count - 1
    }
    /// Records the real addresses of the connection of a link.
    mutating func know(_ ends: (local: Endpoint, peer: Endpoint)?, of link: Link) {
        guard let ends, connections.indices.contains(link.connection) else { return }
        connections[link.connection].local = ends.local
        connections[link.connection].peer = ends.peer
    }

    // Arrivals

    /// Keeps a connection until a step accepts it. Returns false if too many wait.
    mutating func keep(_ arrival: Arrival) -> Bool {
        guard arrivals.count < Budget.arrivals else { return false }
        arrivals.append(arrival)
        return true
    }
    /// Removes and returns the first arrival that fits.
    mutating func takeArrival(where fits: (Arrival) -> Bool) -> Arrival? {
        arrivals.firstIndex(where: fits).map { arrivals.remove(at: $0) }
    }
    /// Keeps an event of a connection that no step has accepted yet, unless the budget is used up. Returns false if the
    /// event belongs to another connection.
    mutating func keepEarly(_ event: NetworkEvent, at now: Instant) -> Bool {
        let id: LinkID
        switch event {
        case .received(let link, let bytes):
            id = link
            budget.bytes -= arrivals.contains { $0.id == id } ? bytes.count : 0
        case .ended(let link, _): id = link
        case .opened, .failed, .reported, .channel: return false
        }
        guard let i = arrivals.firstIndex(where: { $0.id == id }) else { return false }
        if !budget.isUsedUp { arrivals[i].early.append((event, now)) }
        return true
    }

    // Data that waited

    /// Keeps a record that waited for bytes that the harness sends.
    mutating func wait(_ found: LinkStream.Found, entry: Int, on id: LinkID) { waited.append((found, entry, id)) }
    /// Removes and returns the records that waited.
    mutating func takeWaited() -> [Waited] {
        defer { waited = [] }
        return waited
    }

    // Faults

    /// Puts a fault in force.
    mutating func add(_ fault: ActiveFault) { faults.append(fault) }
    /// Removes and returns a fault; nil if the fault is unknown.
    mutating func removeFault(_ name: String) -> ActiveFault? {
        faults.firstIndex { $0.verb.name == name }.map { faults.remove(at: $0) }
    }
}
