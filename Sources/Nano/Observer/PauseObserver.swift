import Node
import Wire

/// An observer that checks how long each side of an established connection is silent.
///
/// A capture may lack packets, so silence is only a warning.
struct PauseObserver: Sendable {
    /// The limits for the network of the last message; nil before the first message.
    private var silence: Silence?
    /// True if the rules determine the network.
    private let isFixed: Bool
    private var us = Side()
    private var them = Side()

    fileprivate struct Side: Sendable {
        /// The time of the last message, and whether it was sent after the handshake.
        var last: Instant?
        var isRealtime = false
        /// True if the current silence was reported.
        var isReported = false
    }
    /// The longest silence of a side on a network, in nanoseconds: two keepalive periods and a second.
    private struct Silence {
        let network: NetworkID
        let now: Int64
        /// The limit before protocol version 0x14, when the period was at least a minute, except on the dev network.
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
    init(_ rules: Ruleset?) {
        silence = rules.map(Silence.init)
        isFixed = rules != nil
    }

    /// Checks the pause before a message; `longest` is the longest allowed silence of each side in nanoseconds.
    @inline(__always)
    mutating func observe(_ longest: Int64?, from sender: Opener, at time: Instant, into findings: inout [Finding]) {
        if sender == .us {
            Self.observe(longest, &us, &them, at: time, into: &findings)
        } else {
            Self.observe(longest, &them, &us, at: time, into: &findings)
        }
    }
    /// Returns the longest allowed silence of each side in nanoseconds; nil if a message of this type does not limit
    /// it.
    mutating func longest(_ header: RawHeader) -> Int64? {
        guard Self.isRealtime(header.type) else { return nil }
        if !isFixed, silence?.network != header.network {
            silence = Silence.known.first { $0.network == header.network }
        }
        return silence.map { header.versionUsing < Profile.v28.versionMin ? $0.once : $0.now }
    }
    private static func observe(
        _ longest: Int64?, _ own: inout Side, _ other: inout Side, at time: Instant, into findings: inout [Finding]
    ) {
        guard let longest else {
            own.last = time
            return
        }
        if own.isSilent(longest, time), !own.isReported { findings.append(finding("its sender", own, time)) }
        if other.isSilent(longest, time), !other.isReported {
            findings.append(finding("the other side", other, time))
            other.isReported = true
        }
        own.last = max(time, own.last ?? time)
        own.isRealtime = true
        own.isReported = false
    }
    /// Forgets both sides: an unseen message may have ended any silence.
    mutating func miss() { (us, them) = (Side(), Side()) }
    private static func finding(_ who: String, _ side: Side, _ time: Instant) -> Finding {
        let passed = time - (side.last ?? time)
        return Finding(
            .warning, .nano47,
            "\(who) said nothing for \(passed.components.seconds) s, longer than two keepalive periods: "
                + "unless the capture lacks packets, a keepalive is missing")
    }
    /// Returns true for messages that are sent only on established connections.
    private static func isRealtime(_ type: MessageType) -> Bool {
        switch type {
        case .nodeIDHandshake, .bulkPull, .bulkPush, .bulkPullAccount, .frontierReq: false
        default: true
        }
    }
}

extension PauseObserver.Side {
    /// Returns true if the side has been silent for longer than `longest` nanoseconds.
    fileprivate func isSilent(_ longest: Int64, _ now: Instant) -> Bool {
        guard isRealtime, let last else { return false }
        return now.nanoseconds &- last.nanoseconds > longest
    }
}
