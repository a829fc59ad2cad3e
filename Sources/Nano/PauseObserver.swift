import Node
import Wire

/// Watches how long each side of an established connection says nothing.
///
/// What a capture does not show may have been said all the same, so nothing of this is more than a warning.
struct PauseObserver: Sendable {
    /// Nil: that of the network that each message names.
    private let silence: Silence?
    private var us = Side()
    private var them = Side()

    fileprivate struct Side: Sendable {
        /// When it said something last, and whether that was after its handshake.
        var last: Instant?
        var isRealtime = false
        /// Its silence was told of already.
        var isTold = false
    }
    /// How long a side of a network may be silent, in nanoseconds: two keepalive periods and a second.
    private struct Silence {
        let network: NetworkID
        let now: Int64
        /// Before protocol version 0x14 the period was a minute at least, but on the dev network.
        let once: Int64

        init(_ rules: Ruleset) {
            network = rules.network.id
            let period = Limits(rules).keepalivePeriod
            let old = network == .dev ? period : max(period, .seconds(60))
            now = (period * 2 + .seconds(1)).nanoseconds
            once = (old * 2 + .seconds(1)).nanoseconds
        }
        static let known = NanoNetwork.all.map { Self(Ruleset(network: $0, profile: .v28)) }
    }
    init(_ rules: Ruleset?) { silence = rules.map(Silence.init) }

    mutating func observe(_ said: Said, from sender: Opener, at time: Instant, into findings: inout [Finding]) {
        if sender == .us {
            Self.observe(said, &us, &them, silence, at: time, into: &findings)
        } else {
            Self.observe(said, &them, &us, silence, at: time, into: &findings)
        }
    }
    private static func observe(
        _ said: Said, _ own: inout Side, _ other: inout Side, _ silence: Silence?, at time: Instant,
        into findings: inout [Finding]
    ) {
        guard isRealtime(said.header.type),
            let silence = silence ?? Silence.known.first(where: { $0.network == said.header.network })
        else {
            own.last = time
            return
        }
        let longest = said.header.versionUsing < Profile.v28.versionMin ? silence.once : silence.now
        if own.isSilent(longest, time), !own.isTold { findings.append(finding("its sender", own, time)) }
        if other.isSilent(longest, time), !other.isTold {
            findings.append(finding("the other side", other, time))
            other.isTold = true
        }
        own.last = max(time, own.last ?? time)
        own.isRealtime = true
        own.isTold = false
    }
    /// What was not seen may have ended any silence.
    mutating func miss() { (us, them) = (Side(), Side()) }
    private static func finding(_ who: String, _ side: Side, _ time: Instant) -> Finding {
        let passed = time - (side.last ?? time)
        return Finding(
            .warning, "NANO-47",
            "\(who) said nothing for \(passed.components.seconds) s, longer than two keepalive periods: "
                + "unless the capture lacks packets, a keepalive is missing")
    }
    /// Messages that only established connections have.
    private static func isRealtime(_ type: MessageType) -> Bool {
        switch type {
        case .nodeIDHandshake, .bulkPull, .bulkPush, .bulkPullAccount, .frontierReq: false
        default: true
        }
    }
}

extension PauseObserver.Side {
    /// Whether it has said nothing for longer than so many nanoseconds.
    fileprivate func isSilent(_ longest: Int64, _ now: Instant) -> Bool {
        guard isRealtime, let last else { return false }
        return now.nanoseconds &- last.nanoseconds > longest
    }
}
