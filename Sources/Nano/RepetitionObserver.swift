import Node
import Wire

/// Watches for votes and blocks that are said twice. Malformed messages are no concern of it.
struct RepetitionObserver: Sendable {
    private var fromUs: Duplicates
    private var fromThem: Duplicates
    /// How long they remember it, for people.
    private let lifetime: String
    /// Payloads of one side that are remembered.
    private static let remembered = 1024

    /// Without rules, those of the live network.
    init(_ rules: Ruleset?) {
        let limits = Limits(rules ?? Ruleset(network: .live, profile: .v28))
        lifetime = "\(limits.duplicates.components.seconds) s"
        fromUs = Duplicates(lifetime: limits.duplicates, capacity: Self.remembered)
        fromThem = fromUs
    }

    mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, from sender: Opener, at time: Instant
    ) -> [Finding] {
        guard type == Publish.self || type == ConfirmAck.self, type.look(bytes) != .refused else { return [] }
        let isNew = sender == .us ? fromUs.isNew(bytes, now: time) : fromThem.isNew(bytes, now: time)
        guard !isNew else { return [] }
        return [Finding(.info, "NANO-68", "said before in the last \(lifetime): its receiver does not look at it")]
    }
}
