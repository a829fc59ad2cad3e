import Node
import Wire

/// The times at which nodes sent HELLOs to each other.
struct HelloRhythm: Sendable {
    /// The most pairs of nodes that are remembered.
    static let limit = 65_536
    /// The delay of a packet or a clock that causes no finding.
    static let slack = Duration.milliseconds(500)
    /// The limits in nanoseconds after the previous HELLO beyond which a HELLO is late, and below which it is early.
    private static let due = (
        latest: (Limits.interval * 11 / 10 + slack).nanoseconds,
        earliest: (Limits.interval * 9 / 10 - slack).nanoseconds
    )

    private struct Pair: ExpiringKey {
        var src: MeshID
        var dst: MeshID
        func add(to hash: inout WordHash) {
            src.add(to: &hash)
            dst.add(to: &hash)
        }
    }
    private struct Last: Sendable {
        var boot: UInt16
        var time: Instant
        var isEarlyTold = false
    }
    private var pairs = ExpiringLRU<Pair, Last>()

    /// Records a HELLO that is no repetition. Between superpeers, one is due in each INTERVAL.
    mutating func hear(_ h: Header, isAmongSuperpeers: Bool, at time: Instant, into findings: inout [Finding]) {
        guard h.dst != MeshID() else { return }
        let pair = Pair(src: h.src, dst: h.dst)
        var next = Last(boot: h.boot, time: time)
        let slot = pairs.slot(of: pair, at: time, orNew: Last(boot: 0, time: time))
        let last = pairs[at: slot]
        if last.boot == h.boot, isAmongSuperpeers {
            let passed = time.nanoseconds - last.time.nanoseconds
            next.isEarlyTold = last.isEarlyTold
            if passed > Self.due.latest {
                findings.add(
                    .warning, .rm05,
                    "\(Self.seconds(passed)) after the HELLO before, unless one is missing from the capture: one is due every 6 s"
                )
            } else if passed < Self.due.earliest, !last.isEarlyTold {
                next.isEarlyTold = true
                findings.add(
                    .warning, .rm05, "only \(Self.seconds(passed)) after the HELLO before: one is due every 6 s")
            }
        }
        pairs[at: slot] = next
        pairs.trim(to: Self.limit)
    }
    /// Returns a time in the form `5.9 s`.
    private static func seconds(_ nanoseconds: Int64) -> String {
        let tenths = "\(nanoseconds / 100_000_000)"
        return "\(tenths.dropLast().isEmpty ? "0" : tenths.dropLast()).\(tenths.last ?? "0") s"
    }
}
