import Node
import Wire

/// An observer that finds votes and blocks that one side sends twice, and blocks that it sends too often. It expects
/// well-formed messages.
struct RepetitionObserver: Sendable {
    private var fromUs: RecentPayloads
    private var fromThem: RecentPayloads
    /// The blocks that each side has recently sent again.
    private var againFromUs = RepeatedBlocks()
    private var againFromThem = RepeatedBlocks()
    /// The finding about a repetition. It is created once, because captures with repetitions often have many.
    private let again: Finding

    /// Creates an observer. Without rules, it uses the rules of the live network.
    init(_ rules: Ruleset?) {
        let limits = Limits(rules ?? Ruleset(network: .live, profile: .v28))
        fromUs = RecentPayloads(lifetime: limits.duplicates)
        fromThem = fromUs
        let seconds = limits.duplicates.components.seconds
        again = Finding(.info, .nano68, "sent before in the last \(seconds) s: nano-node drops it")
    }

    mutating func observe(
        _ parsed: ParsedMessage, _ bytes: RawSpan, from sender: Opener, at time: Instant, into findings: inout [Finding]
    ) {
        guard parsed.header.type == .publish || parsed.header.type == .confirmAck else { return }
        // The payload excludes the header, because some of its bits change from hop to hop.
        let payload = bytes.extracting(Header.count...)
        guard payload.byteCount > 0 else { return }
        if sender == .us ? fromUs.isNew(payload, now: time) : fromThem.isNew(payload, now: time) { return }
        findings.append(again)
        // The originator of a block repeats it on its own schedule.
        guard parsed.header.type == .publish, parsed.header.extensions & 4 == 0 else { return }
        let interval = RepeatedBlocks.interval(parsed.header.network)
        let isTooOften =
            sender == .us
            ? againFromUs.isTooOften(payload, interval, now: time)
            : againFromThem.isTooOften(payload, interval, now: time)
        guard isTooOften else { return }
        let seconds = parsed.header.network == .dev ? "0.5 s" : "150 s"
        let text =
            "the same block more than \(RepeatedBlocks.tolerated + 1) times in \(seconds): nano-node sends it again after that time"
        findings.append(Finding(.warning, .nano111, text))
    }
}

/// The blocks that one side sent again, with the number of times within one interval.
///
/// nano-node may send a block twice at one time: to a representative and to a randomly selected peer. It also sends it
/// again when the winner of an election changes. So only several repetitions in one interval count.
private struct RepeatedBlocks: Sendable {
    /// The number of repetitions in one interval that break no rule.
    static let tolerated = 4
    /// The most blocks that are remembered. Above it, the oldest one is evicted.
    static let capacity = 64

    private struct Entry {
        var digest: UInt64
        var start: Int64
        var count: Int
        var isReported: Bool
    }
    private var entries: [Entry] = []
    private var oldest = 0

    /// The time between two broadcasts of a block in election (`block_broadcast_interval`).
    static func interval(_ network: NetworkID) -> Duration { network == .dev ? .milliseconds(500) : .seconds(150) }

    /// Counts a repetition. Returns true once for each block, at the first repetition that is too many.
    mutating func isTooOften(_ payload: RawSpan, _ interval: Duration, now: Instant) -> Bool {
        let digest = PayloadDigest.shared.of(payload)
        guard let i = entries.firstIndex(where: { $0.digest == digest }) else {
            let entry = Entry(digest: digest, start: now.nanoseconds, count: 1, isReported: false)
            if entries.count < Self.capacity {
                entries.append(entry)
            } else {
                entries[oldest] = entry
                oldest = (oldest + 1) % Self.capacity
            }
            return false
        }
        if now.nanoseconds &- entries[i].start >= interval.nanoseconds {
            (entries[i].start, entries[i].count) = (now.nanoseconds, 0)
        }
        entries[i].count += 1
        guard entries[i].count > Self.tolerated, !entries[i].isReported else { return false }
        entries[i].isReported = true
        return true
    }
}
