internal import Synchronization

/// What a wrapper did in a case: whoever runs the case asks it afterwards.
public final class WireLog: Sendable {
    /// What was done.
    struct Content: Sendable {
        /// How often something was altered.
        var altered = 0
        /// How often what came of it was a message still.
        var good = 0
        /// What the node said, heard and did of its own accord, as in the names of mutants and without the action: only
        /// where it is gathered.
        var reach: Set<String> = []
    }
    private let content = Mutex(Content())
    let gathersReach: Bool

    /// An empty one.
    public init(gathersReach: Bool = false) { self.gathersReach = gathersReach }
    func altered(isGood: Bool) {
        content.withLock {
            $0.altered += 1
            if isGood { $0.good += 1 }
        }
    }
    func reached(_ subjects: Set<String>) { content.withLock { $0.reach.formUnion(subjects) } }
    /// What was done since it was asked last.
    func take() -> Content {
        content.withLock { c in
            defer { c = Content() }
            return c
        }
    }
}
