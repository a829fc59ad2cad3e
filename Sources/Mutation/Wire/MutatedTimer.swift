internal import Node
internal import Wire

/// Lets a node do what its timers do too early, too late or never, by what that is: which timer it is, nobody can see.
///
/// What the node will do at its deadline is found out by asking a copy of it. A timer that is early moves all that the
/// node knows of the time forward with it, and one that is late holds up what would be due meanwhile: who blames
/// another timer for that is told apart by the requirement.
struct MutatedTimer: Sendable {
    private let mutant: WireMutant?
    /// By how much the node's clock is ahead.
    private var ahead = Duration.zero
    /// Deadlines of the node, by its clock, that are put off, and until when.
    private var moved: [Instant: Instant] = [:]

    init(_ mutant: WireMutant?) { self.mutant = mutant }
    var isNever: Bool { mutant?.action == .never }

    /// The node's time.
    func inner(_ now: Instant) -> Instant { now + ahead }
    /// When the node in it is to be woken, by everybody's clock.
    func deadline(of node: any Node) -> Instant? {
        guard let d = node.deadline else { return nil }
        return moved[d] ?? (d == .never ? d : d + (.zero - ahead))
    }
    /// The time that the node is told when it is woken.
    mutating func wakes(_ node: any Node, _ now: Instant) -> Instant {
        guard let d = node.deadline, moved.removeValue(forKey: d) != nil else { return inner(now) }
        if inner(now) < d { ahead = d - now }
        return inner(now)
    }
    /// Looks at what the node wants to do next, after each call; true when that is moved.
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

    /// Whether an action is `subject`: sending a message of this name, closing or opening a connection.
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
