internal import Node
import Wire

/// Peers outside the local mesh whose state a phone was told: by FIND, by a push, or with an INFO_ACK. No routes.
struct RemotePeers: Sendable {
    struct State: Sendable {
        var isOnline: Bool
        var role: Role
    }
    private var all = ExpiringLRU<MeshID, State>()

    /// How many there are.
    var count: Int { all.count }
    subscript(_ id: MeshID) -> State? { all[id] }
    /// All, by id.
    var sorted: [(id: MeshID, state: State, told: Instant)] {
        all.all.map { ($0.key, $0.value, $0.time) }.sorted { $0.0.precedes($1.0) }
    }
    /// Somebody told the state of a peer; true when that is news.
    mutating func tell(_ id: MeshID, isOnline: Bool, role: Role, _ now: Instant) -> Bool {
        let before = all[id]
        all.set(id, State(isOnline: isOnline, role: isOnline ? role : before?.role ?? role), at: now)
        all.trim(to: Limits.remotePeers)
        return before?.isOnline != isOnline
    }
}
