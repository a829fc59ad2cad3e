internal import Node
import Wire

/// The peers outside the local mesh whose state a phone has received with a FIND_ACK, a push or an INFO_ACK. They are
/// no routes.
struct RemotePeers: Sendable {
    struct State: Sendable {
        var isOnline: Bool
        var role: Role
    }
    private var all = ExpiringLRU<MeshID, State>()

    var count: Int { all.count }
    subscript(_ id: MeshID) -> State? { all[id] }
    /// All peers, by id.
    var sorted: [(id: MeshID, state: State, told: Instant)] {
        all.all.map { ($0.key, $0.value, $0.time) }.sorted { $0.0.precedes($1.0) }
    }
    /// Records the state of a peer that a message reports. Returns true if it has changed.
    mutating func tell(_ id: MeshID, isOnline: Bool, role: Role, _ now: Instant) -> Bool {
        let before = all[id]
        all.set(id, State(isOnline: isOnline, role: isOnline ? role : before?.role ?? role), at: now)
        all.trim(to: Limits.remotePeers)
        return before?.isOnline != isOnline
    }
}
