internal import Synchronization

/// A log of a wrapper's alterations in a case. The runner of the case reads it afterwards.
public final class WireLog: Sendable {
    /// The contents of a log.
    struct Content: Sendable {
        /// The number of alterations.
        var altered = 0
        /// The number of alterations after which the bytes were still a message.
        var good = 0
        /// The messages and actions that occurred, as in the names of mutants without the action. They are collected
        /// only on request.
        var reach: Set<String> = []
    }
    private let content = Mutex(Content())
    let gathersReach: Bool

    /// Creates an empty log.
    public init(gathersReach: Bool = false) { self.gathersReach = gathersReach }
    func altered(isGood: Bool) {
        content.withLock {
            $0.altered += 1
            if isGood { $0.good += 1 }
        }
    }
    func reached(_ subjects: Set<String>) { content.withLock { $0.reach.formUnion(subjects) } }
    /// Returns the contents since the last call, and removes them.
    func take() -> Content {
        content.withLock { c in
            defer { c = Content() }
            return c
        }
    }
}
