import Node
import Wire

/// Watches how long each side of an established connection says nothing.
///
/// What a capture does not show may have been said all the same, so nothing of this is more than a warning.
struct PauseObserver: Sendable {
    /// Nil: the network that each message names.
    private let rules: Ruleset?
    private var us = Side()
    private var them = Side()

    fileprivate struct Side: Sendable {
        /// When it said something last, and whether that was after its handshake.
        var last: Instant?
        var isRealtime = false
        /// Its silence was told of already.
        var isTold = false
    }
    init(_ rules: Ruleset?) { self.rules = rules }

    mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, from sender: Opener, at time: Instant
    ) -> [Finding] {
        guard let header = Prelude(bytes, at: 0), let type = type as? any NanoMessage.Type else { return [] }
        var (own, other) = sender == .us ? (us, them) : (them, us)
        defer { if sender == .us { (us, them) = (own, other) } else { (them, us) = (own, other) } }
        guard Self.isRealtime(type.type), let network = rules?.network ?? .with(header.network) else {
            own.last = time
            return []
        }
        let profile = rules?.profile ?? .v28
        var period = Limits(Ruleset(network: network, profile: profile)).keepalivePeriod
        // Once it was a minute.
        if header.versionUsing < Profile.v28.versionMin, network.id != .dev { period = max(period, .seconds(60)) }
        let longest = period * 2
        var findings: [Finding] = []
        if let silence = own.silence(longest, time), !own.isTold { findings.append(finding("its sender", silence)) }
        if let silence = other.silence(longest, time), !other.isTold {
            findings.append(finding("the other side", silence))
            other.isTold = true
        }
        own.last = max(time, own.last ?? time)
        own.isRealtime = true
        own.isTold = false
        return findings
    }
    /// What was not seen may have ended any silence.
    mutating func miss() { (us, them) = (Side(), Side()) }
    private func finding(_ who: String, _ silence: Duration) -> Finding {
        Finding(
            .warning, "NANO-47",
            "\(who) said nothing for \(silence.components.seconds) s, longer than two keepalive periods: "
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
    /// For how long it has said nothing, when that is too long.
    fileprivate func silence(_ longest: Duration, _ now: Instant) -> Duration? {
        guard isRealtime, let last, now - last > longest + .seconds(1) else { return nil }
        return now - last
    }
}
