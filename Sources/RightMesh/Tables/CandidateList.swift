internal import Node
import Wire

/// The superpeers that a phone may choose from, apart from its routes: they stay until they are named again.
struct CandidateList: Sendable {
    struct Candidate: Sendable {
        var id: MeshID
        /// Nil while it is unknown.
        var endpoint: Endpoint?
        var role: Role
        /// When it was named last.
        var named: Instant
        var metrics: Superpeer.Metrics?
    }
    private var all = ExpiringLRU<MeshID, Candidate>()

    /// How many there are.
    var count: Int { all.count }
    subscript(_ id: MeshID) -> Candidate? { all[id] }
    /// All, by id.
    var sorted: [Candidate] { all.all.map(\.value).sorted { $0.id.precedes($1.id) } }

    /// A superpeer was named; true when it was not known before.
    mutating func name(
        _ id: MeshID, at endpoint: Endpoint?, role: Role, metrics: Superpeer.Metrics? = nil, _ now: Instant
    ) -> Bool {
        let known = all[id]
        let new = Candidate(
            id: id, endpoint: endpoint ?? known?.endpoint, role: role, named: now, metrics: metrics ?? known?.metrics)
        all.set(id, new, at: now)
        all.trim(to: Limits.superpeers)
        return known == nil
    }
}
