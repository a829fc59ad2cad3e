internal import Node
internal import Wire

/// A change of a node's timers, so that an action happens too early, too late or never. The action selects the timer,
/// because no observer can see which timer caused an action.
///
/// A copy of the node shows what the node will do at its deadline. An early timer moves the whole clock of the node
/// forward. A late timer delays everything that would be due meanwhile. If another timer is blamed for that, the
/// requirement shows it.
struct MutatedTimer: Sendable {
    private let mutant: WireMutant?
    /// The time by which the node's clock is ahead.
    private var ahead = Duration.zero
    /// The delayed deadlines of the node by its clock, and the times at which they are due.
    private var moved: [Instant: Instant] = [:]

    init(_ mutant: WireMutant?) { self.mutant = mutant }
    var isNever: Bool { mutant?.action == .never }

    /// Returns the node's time.
    func inner(_ now: Instant) -> Instant { now + ahead }
    /// Returns the time by the common clock at which the inner node must be woken.
    func deadline(of node: any Node) -> Instant? {
        guard let d = node.deadline else { return nil }
        return moved[d] ?? (d == .never ? d : d + (.zero - ahead))
    }
    /// Returns the time that the node receives when it is woken.
    mutating func wakes(_ node: any Node, _ now: Instant) -> Instant {
        guard let d = node.deadline, moved.removeValue(forKey: d) != nil else { return inner(now) }
        if inner(now) < d { ahead = d - now }
        return inner(now)
    }
    /// Checks after each call what the node will do next. Returns true if that is moved.
    mutating func look(at node: any Node, _ now: Instant, _ isSubject: (Action) -> Bool) -> Bool {
        guard let mutant, mutant.action == .early || mutant.action == .late, let d = node.deadline, d != .never,
            moved[d] == nil
        else { return false }
        let rest = d - inner(now)
        guard rest > .zero else { return false }
        var copy = node
        var out: [Action] = []
        copy.wake(now: d, &out)
        guard out.contains(where: isSubject) else { return false }
        if moved.count > 1000 { moved = [:] }
        moved[d] = mutant.action == .early ? now + rest / 2 : now + rest * 2
        return true
    }

    /// Returns true if an action is `subject`: to send a message of this name, or to close or open a connection.
    static func subject(_ action: Action, _ links: [LinkID: MutatedLink], _ subject: String?) -> Bool {
        switch action {
        case .close: return subject == "close"
        case .connect: return subject == "open"
        case .report: return false
        case .send(let link, let bytes):
            guard var said = links[link]?.said else { return false }
            return said.take(bytes).contains { $0.type?.name.description == subject }
        }
    }
}
