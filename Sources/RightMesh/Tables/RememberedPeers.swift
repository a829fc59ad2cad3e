internal import Node
import Wire

/// Whom this node watches: it asks for them again and again.
struct RememberedPeers: Sendable {
    /// Ports of applications by peer; 0 stands for any.
    private var all: [MeshID: UInt16] = [:]
    /// When it asks again.
    private(set) var deadline: Instant?

    /// All, by id.
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
    /// Whether it is time to ask again; the next time begins then.
    mutating func isDue(_ now: Instant) -> Bool {
        guard let at = deadline, at <= now else { return false }
        deadline = now + Limits.interval * Limits.missed
        return true
    }
}
