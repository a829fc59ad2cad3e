internal import Node
import Wire

/// The link of a phone to the superpeer that it has chosen.
struct Uplink: Sendable {
    enum State: String, Sendable {
        /// It knows no superpeer.
        case idle
        /// It has chosen one and waits for its first answer.
        case boot
        case attached
    }
    private(set) var state = State.idle
    /// The chosen superpeer; its id is zero while it is unknown.
    private(set) var chosen: Greetings.Contact?
    /// The configured superpeers.
    let seeds: [Greetings.Contact]
    /// When the next INFO is due.
    var next: Instant?
    /// When the chosen one answered last.
    private(set) var answered = Instant.zero

    /// A seeded fault.
    var bug: Misbehaviour?
    init(seeds: [Greetings.Contact]) { self.seeds = seeds }
    /// Whether it has superpeers to choose from, now or before.
    var isUsed: Bool { !seeds.isEmpty || chosen != nil }
    /// Whether this is the chosen superpeer: by its id or, while that is unknown, by its endpoint.
    func isChosen(_ id: MeshID, at endpoint: Endpoint?) -> Bool {
        guard let chosen else { return false }
        return chosen.id == MeshID() ? chosen.endpoint == endpoint : chosen.id == id
    }
    /// The chosen one as it was configured: at an endpoint without an id there may be another superpeer by now.
    var chosenAsTold: Greetings.Contact? {
        chosen.map { c in seeds.first { $0.endpoint == c.endpoint && $0.id == MeshID() } ?? c }
    }
    mutating func choose(_ contact: Greetings.Contact) { (chosen, state) = (contact, .boot) }
    /// An INFO was answered by `id`.
    mutating func answered(by id: MeshID, _ now: Instant) {
        guard let c = chosen, c.id == id || c.id == MeshID() else { return }
        chosen?.id = id
        (state, answered) = (.attached, now)
    }
    /// The chosen one has not answered for too many INTERVALs.
    func isLost(_ now: Instant) -> Bool {
        state == .attached && bug != .neverLeaves && answered + Limits.interval * Limits.missed <= now
    }
}
