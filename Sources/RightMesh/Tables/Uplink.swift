internal import Node
import Wire

/// The link of a phone to the superpeer that it has chosen.
struct Uplink: Sendable {
    enum State: String, Sendable {
        /// The phone knows no superpeer.
        case idle
        /// The phone has chosen a superpeer and waits for its first answer.
        case boot
        case attached
    }
    private(set) var state = State.idle
    /// The chosen superpeer. Its id is zero while it is unknown.
    private(set) var chosen: Greetings.Contact?
    /// The configured superpeers.
    let seeds: [Greetings.Contact]
    /// The time at which the next INFO is due.
    var next: Instant?
    /// The time at which the chosen superpeer last answered.
    private(set) var answered = Instant.zero

    /// A seeded fault.
    var bug: Misbehaviour?
    init(seeds: [Greetings.Contact]) { self.seeds = seeds }
    /// True if the phone has superpeers to choose from, or has chosen one.
    var isUsed: Bool { !seeds.isEmpty || chosen != nil }
    /// Returns true if this is the chosen superpeer. It is compared by id, or by endpoint while the id is unknown.
    func isChosen(_ id: MeshID, at endpoint: Endpoint?) -> Bool {
        guard let chosen else { return false }
        return chosen.id == MeshID() ? chosen.endpoint == endpoint : chosen.id == id
    }
    /// The chosen superpeer as it was configured. If it was configured without an id, another superpeer may use its
    /// endpoint by now.
    var chosenAsTold: Greetings.Contact? {
        chosen.map { c in seeds.first { $0.endpoint == c.endpoint && $0.id == MeshID() } ?? c }
    }
    mutating func choose(_ contact: Greetings.Contact) { (chosen, state) = (contact, .boot) }
    /// Records that `id` has answered an INFO.
    mutating func answered(by id: MeshID, _ now: Instant) {
        guard let c = chosen, c.id == id || c.id == MeshID() else { return }
        chosen?.id = id
        (state, answered) = (.attached, now)
    }
    /// Returns true if the chosen superpeer has not answered for `Limits.missed` INTERVALs.
    func isLost(_ now: Instant) -> Bool {
        state == .attached && bug != .neverLeaves && answered + Limits.interval * Limits.missed <= now
    }
}
