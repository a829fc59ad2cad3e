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
    /// Those that have shown it, and the msg_id of their last answer, which shows it again. They stand apart: forged addresses
    /// show nothing, so however many come, these are not forgotten for them.
    private var proved = AgingTable<Endpoint, UInt32>()
    /// Those that have had their one datagram, and its msg_id.
    private var waiting = AgingTable<Endpoint, UInt32>()
    /// Answers that were cut to a datagram.
    private(set) var limited: UInt64 = 0
    /// Answers that were not sent.
    private(set) var withheld: UInt64 = 0

    /// How many addresses are known.
    var count: Int { proved.count + waiting.count }
    /// What a request from an address may draw; `ackID` is what the request returns, 0 for nothing.
    mutating func share(of endpoint: Endpoint, ackID: UInt32, _ now: Instant) -> Share {
        expire(now)
        if let last = proved[endpoint] {
            // In its name anybody can ask: that alone does not show it again.
            if ackID != 0, ackID == last { prove(endpoint, now) }
            return .all
        }
        if let last = waiting[endpoint] {
            guard ackID != 0, ackID == last else {
                withheld += 1
                return .nothing
            }
            if prove(endpoint, now) { return .all }
        }
        limited += 1
        return .datagram
    }
    /// An answer goes out, with this number.
    mutating func give(_ msgID: UInt32, to endpoint: Endpoint, _ now: Instant) {
        if let place = proved.place(of: endpoint) {
            proved[at: place] = msgID
            return
        }
        waiting.set(endpoint, msgID, at: now)
        // Those who came first give way: that costs a datagram each to whoever makes addresses up, as any new one does.
        waiting.trim(to: Limits.remembered)
    }
    /// It has answered what was sent there. False: as many as can be remembered have shown that, and none of them gives way
    /// while it goes on to be heard.
    @discardableResult mutating func prove(_ endpoint: Endpoint, _ now: Instant) -> Bool {
        guard proved.has(endpoint) || proved.count < Limits.remembered else { return false }
        let last = waiting.remove(endpoint) ?? proved[endpoint] ?? 0
        proved.set(endpoint, last, at: now)
        return true
    }
    /// Whether it has shown that it hears us.
    func isProved(_ endpoint: Endpoint) -> Bool { proved.has(endpoint) }
    /// Forgets those that were silent, or waited, for HOLD.
    mutating func expire(_ now: Instant) {
        proved.removeAll(olderThan: Limits.hold, now: now)
        waiting.removeAll(olderThan: Limits.hold, now: now)
    }
}
