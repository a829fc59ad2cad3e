import Node
import Wire

/// Finds votes and blocks that one side sends twice. Expects well-formed messages.
struct RepetitionObserver: Sendable {
    private var fromUs: RecentPayloads
    private var fromThem: RecentPayloads
    /// Made once: captures with repetitions often have many.
    private let again: Finding

    /// Without rules, those of the live network.
    init(_ rules: Ruleset?) {
        let limits = Limits(rules ?? Ruleset(network: .live, profile: .v28))
        fromUs = RecentPayloads(lifetime: limits.duplicates)
        fromThem = fromUs
        let seconds = limits.duplicates.components.seconds
        again = Finding(.info, .nano68, "said before in the last \(seconds) s: its receiver does not look at it")
    }

    mutating func observe(
        _ parsed: ParsedMessage, _ bytes: RawSpan, from sender: Opener, at time: Instant, into findings: inout [Finding]
    ) {
        guard parsed.header.type == .publish || parsed.header.type == .confirmAck else { return }
        // Without the header, some of whose bits change from hop to hop.
        let payload = bytes.extracting(Header.count...)
        guard payload.byteCount > 0 else { return }
        if sender == .us ? fromUs.isNew(payload, now: time) : fromThem.isNew(payload, now: time) { return }
        findings.append(again)
    }
}
