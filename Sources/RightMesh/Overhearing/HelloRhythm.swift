import Node
import Wire

/// When nodes said HELLO to each other.
struct HelloRhythm: Sendable {
    /// Pairs that are remembered.
    static let limit = 65_536
    /// What a packet may be under way, and a clock be late, without a word about it.
    static let slack = Duration.milliseconds(500)

    private struct Pair: AgingKey {
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
    private var pairs = AgingTable<Pair, Last>()

    /// A HELLO that was not said before. Between superpeers it is due once in an INTERVAL.
    mutating func hear(_ h: Header, isAmongSuperpeers: Bool, at time: Instant, into findings: inout [Finding]) {
        guard h.dst != MeshID() else { return }
        let pair = Pair(src: h.src, dst: h.dst)
        var next = Last(boot: h.boot, time: time)
        let place = pairs.place(of: pair, at: time, orNew: Last(boot: 0, time: time))
        let last = pairs[at: place]
        if last.boot == h.boot, isAmongSuperpeers {
            let passed = time - last.time
            let seconds = "\(passed.nanoseconds / 100_000_000)"
            let shown = "\(seconds.dropLast().isEmpty ? "0" : seconds.dropLast()).\(seconds.last ?? "0") s"
            next.isEarlyTold = last.isEarlyTold
            if passed > Limits.interval * 11 / 10 + Self.slack {
                findings.append(
                    Finding(
                        .warning, "RM-05",
                        "\(shown) after the HELLO before, unless one is missing from the capture: one is due every 6 s")
                )
            } else if passed < Limits.interval * 9 / 10 - Self.slack, !last.isEarlyTold {
                next.isEarlyTold = true
                findings.append(
                    Finding(.warning, "RM-05", "only \(shown) after the HELLO before: one is due every 6 s"))
            }
        }
        pairs[at: place] = next
        pairs.trim(to: Self.limit)
    }
}
