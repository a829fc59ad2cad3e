internal import Node

/// Which addresses have shown that what is sent to them arrives where it was asked for, so that nobody can have a table sent
/// to somebody else by a datagram of 80 bytes from a forged address (README, "Security").
///
/// An address shows it with the msg_id of something that was sent there: in ack_id of its next request, or of an answer. Until
/// then it gets one datagram at most while HOLD lasts, whatever it asks. Message numbers are counted up, and whoever can
/// talk to a node from an address of its own can guess them: the guard stops reflection by those who only send.
struct AmplificationGuard: Sendable {
    /// What an address may be sent.
    enum Share: Sendable { case all, datagram, nothing }
    private struct State: Sendable {
        /// Nil: it has shown that it hears us.
        var waitsFor: UInt32?
        /// When its one datagram went out.
        var sent: Instant
    }
    private var states = AgingTable<Endpoint, State>()
    /// Answers that were cut to a datagram.
    private(set) var limited: UInt64 = 0
    /// Answers that were not sent.
    private(set) var withheld: UInt64 = 0

    /// How many addresses are known.
    var count: Int { states.count }
    /// What a request from an address may draw; `ackID` is what the request returns, 0 for nothing.
    mutating func share(of endpoint: Endpoint, ackID: UInt32, _ now: Instant) -> Share {
        expire(now)
        guard let state = states[endpoint] else {
            limited += 1
            return .datagram
        }
        if state.waitsFor == nil || ackID != 0 && state.waitsFor == ackID {
            prove(endpoint, now)
            return .all
        }
        withheld += 1
        return .nothing
    }
    /// Its one datagram goes out, with this number.
    mutating func give(_ msgID: UInt32, to endpoint: Endpoint, _ now: Instant) {
        states.set(endpoint, State(waitsFor: msgID, sent: now), at: now)
        // Those who came first give way: that costs a datagram each to whoever makes addresses up, as any new one does.
        states.trim(to: Limits.remembered)
    }
    /// It has answered what was sent there.
    mutating func prove(_ endpoint: Endpoint, _ now: Instant) {
        states.set(endpoint, State(waitsFor: nil, sent: now), at: now)
        states.trim(to: Limits.remembered)
    }
    /// Whether it has shown that it hears us.
    func isProved(_ endpoint: Endpoint) -> Bool { states[endpoint].map { $0.waitsFor == nil } ?? false }
    /// Forgets those that were silent, or waited, for HOLD.
    mutating func expire(_ now: Instant) { states.removeAll(olderThan: Limits.hold, now: now) }
}
