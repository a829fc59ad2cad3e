import Node
import Wire

/// When nodes said HELLO to each other.
struct HelloRhythm: Sendable {
    /// Pairs that are remembered.
    static let limit = 65_536
    /// What a packet may be under way, and a clock be late, without a word about it.
    static let slack = Duration.milliseconds(500)
    /// Nanoseconds after the one before, beyond which a HELLO is late, and below which it is early.
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

    /// A HELLO that was not said before. Between superpeers it is due once in an INTERVAL.
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
    /// As in `5.9 s`.
    private static func seconds(_ nanoseconds: Int64) -> String {
        let tenths = "\(nanoseconds / 100_000_000)"
        return "\(tenths.dropLast().isEmpty ? "0" : tenths.dropLast()).\(tenths.last ?? "0") s"
    }
}
