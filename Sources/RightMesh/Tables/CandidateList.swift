internal import Node
import Wire

/// The superpeers that a phone may choose from. They are separate from its routes and remain until newer ones replace
/// them.
struct CandidateList: Sendable {
    struct Candidate: Sendable {
        var id: MeshID
        /// The endpoint; nil while it is unknown.
        var endpoint: Endpoint?
        var role: Role
        /// The time at which a message last named the superpeer.
        var named: Instant
        var metrics: Superpeer.Metrics?
    }
    private var all = ExpiringLRU<MeshID, Candidate>()

    var count: Int { all.count }
    subscript(_ id: MeshID) -> Candidate? { all[id] }
    /// All candidates, by id.
    var sorted: [Candidate] { all.all.map(\.value).sorted { $0.id.precedes($1.id) } }

    /// Enters a superpeer that a message has named. Returns true if it was not known before.
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
