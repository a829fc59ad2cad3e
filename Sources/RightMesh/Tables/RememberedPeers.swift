internal import Node
import Wire

/// The peers that this node tracks: it asks for their state periodically.
struct RememberedPeers: Sendable {
    /// The ports of applications by peer; 0 means any port.
    private var all: [MeshID: UInt16] = [:]
    /// The time of the next request.
    private(set) var deadline: Instant?

    /// All peers, by id.
    var sorted: [(id: MeshID, port: UInt16)] { all.map { ($0.key, $0.value) }.sorted { $0.0.precedes($1.0) } }
    mutating func remember(_ id: MeshID, port: UInt16, _ now: Instant) {
        guard all[id] != nil || all.count < Limits.rememberedPeers else { return }
        all[id] = port
        deadline = deadline ?? now + Limits.interval * Limits.missed
    }
    mutating func forget(_ id: MeshID) {
        all[id] = nil
        if all.isEmpty { deadline = nil }
    }
    /// Returns true if the next request is due, and then schedules the one after it.
    mutating func isDue(_ now: Instant) -> Bool {
        guard let at = deadline, at <= now else { return false }
        deadline = now + Limits.interval * Limits.missed
        return true
    }
}
