internal import Node

/// Limits what is sent to an address that has not proved that it receives what is sent there, so that a datagram of 80
/// bytes with a forged source amplifies little (README, "Security").
///
/// The proof is the msg_id of something that was sent there, returned in ack_id of the next request or of an answer.
/// Message numbers are sequential, so whoever can exchange messages with a node can guess them: what is limited is
/// reflection by senders that receive nothing.
struct AmplificationGuard: Sendable {
    /// Where the next part of a list begins that is sent in parts.
    struct ListPosition: Sendable {
        var peer = 0
        var superpeer = 0
    }
    private struct Account: Sendable {
        /// Of the last answer; 0: it was sent something, but no answer.
        var msgID: UInt32
        var budget: TokenBucket
        var listPosition = ListPosition()
    }
    /// With `guard=on` an unproved address gets one short answer in HOLD, else what its budget allows.
    let isStrict: Bool
    /// Proved addresses, and the msg_id of their last answer, which renews the proof. They are kept apart, so that no
    /// number of forged addresses evicts them.
    private var proved = ExpiringLRU<Endpoint, Account>()
    /// Unproved addresses that something was sent to.
    private var waiting = ExpiringLRU<Endpoint, Account>()
    /// The budget of all unproved addresses together, apart from that of those heard for HOLD, which a flood does not
    /// exhaust.
    private var newcomers = TokenBucket(Limits.unprovedTogether, .zero)
    private var established = TokenBucket(Limits.unprovedTogether, .zero)
    /// The budget of all addresses.
    private var all = TokenBucket(Limits.answers, .zero)
    /// Answers that were cut.
    private(set) var limited: UInt64 = 0
    /// Answers, repetitions and requests that were not sent.
    private(set) var withheld: UInt64 = 0

    init(isStrict: Bool = true) { self.isStrict = isStrict }

    /// Number of addresses that are remembered.
    var count: Int { proved.count + waiting.count }
    /// How many bytes the answer to a request of so many bytes may have, headers included; nil: it is not answered.
    /// `ackID` is that of the request, 0 for none; `isKnown`: its sender has been heard from there for HOLD.
    mutating func answerBudget(
        for endpoint: Endpoint, asking bytes: Int, ackID: UInt32, isKnown: Bool = false, _ now: Instant
    ) -> Int? {
        expire(now)
        // Refilled before an answer takes from it, also from an address that has no budget of its own.
        _ = all.available(Limits.answers, now)
        let least = Limits.amplification * bytes
        if let last = proved[endpoint]?.msgID ?? waiting[endpoint]?.msgID, ackID != 0, ackID == last {
            prove(endpoint, now)
        }
        if isStrict, !isProved(endpoint) {
            guard let last = waiting[endpoint]?.msgID, last != 0 else { return least }
            withheld += 1
            return nil
        }
        return max(least, budget(of: endpoint, isKnown, now))
    }
    /// The budget of an address.
    private mutating func budget(of endpoint: Endpoint, _ isKnown: Bool, _ now: Instant) -> Int {
        let total = all.available(Limits.answers, now)
        if let slot = proved.slot(of: endpoint) {
            return min(total, proved[at: slot].budget.available(Limits.proved, now))
        }
        let together =
            isKnown
            ? established.available(Limits.unprovedTogether, now) : newcomers.available(Limits.unprovedTogether, now)
        let own =
            waiting.slot(of: endpoint).map { waiting[at: $0].budget.available(Limits.unproved, now) }
            ?? Limits.unproved.capacity
        return min(total, together, own)
    }
    /// An answer of so many bytes is sent, with this msg_id.
    mutating func give(
        _ msgID: UInt32, _ bytes: Int, to endpoint: Endpoint, isKnown: Bool = false, isCut: Bool = false, _ now: Instant
    ) {
        if isCut { limited += 1 }
        if let slot = proved.slot(of: endpoint) { proved[at: slot].msgID = msgID }
        guard let slot = spend(bytes, endpoint, isKnown, now) else { return }
        waiting[at: slot].msgID = msgID
        waiting.touch(at: slot, now)
    }
    /// Takes from the budgets; returns the slot of an unproved address.
    @discardableResult private mutating func spend(
        _ bytes: Int, _ endpoint: Endpoint, _ isKnown: Bool, _ now: Instant
    ) -> Int? {
        all.take(bytes)
        if let slot = proved.slot(of: endpoint) {
            proved[at: slot].budget.take(bytes)
            return nil
        }
        if isKnown { established.take(bytes) } else { newcomers.take(bytes) }
        // The oldest are evicted: what forged addresses gain by that is limited by the common budget.
        if !waiting.has(endpoint) {
            waiting.trim(to: Limits.remembered - 1)
            waiting.set(endpoint, Account(msgID: 0, budget: TokenBucket(Limits.unproved, now)), at: now)
        }
        guard let slot = waiting.slot(of: endpoint) else { return nil }
        waiting[at: slot].budget.take(bytes)
        if !isStrict { waiting.touch(at: slot, now) }
        return slot
    }
    /// How many bytes may be sent to an address that only others have named; `allows` takes them from the budget.
    mutating func left(for endpoint: Endpoint, _ now: Instant) -> Int {
        isStrict ? MessageCost.shortGreeting : max(Limits.shortAnswer, budget(of: endpoint, false, now))
    }
    /// Whether something unsolicited may be sent there, such as a repeated answer; takes it from the budget if so.
    mutating func allows(_ bytes: Int, to endpoint: Endpoint, isKnown: Bool = false, _ now: Instant) -> Bool {
        guard bytes <= budget(of: endpoint, isKnown, now) else {
            withheld += 1
            return false
        }
        spend(bytes, endpoint, isKnown, now)
        return true
    }
    /// Where the next part of the lists for an address begins.
    func listPosition(for endpoint: Endpoint) -> ListPosition { waiting[endpoint]?.listPosition ?? ListPosition() }
    mutating func goOn(at position: ListPosition, for endpoint: Endpoint) {
        if let i = waiting.slot(of: endpoint) { waiting[at: i].listPosition = position }
    }
    /// An address has answered what was sent there. False when as many proved addresses as can be remembered are in use;
    /// none of them is evicted.
    @discardableResult mutating func prove(_ endpoint: Endpoint, _ now: Instant) -> Bool {
        if let slot = proved.slot(of: endpoint) {
            proved.touch(at: slot, now)
            return true
        }
        guard proved.count < Limits.remembered else { return false }
        let last = waiting.remove(endpoint)?.msgID ?? 0
        proved.set(endpoint, Account(msgID: last, budget: TokenBucket(Limits.proved, now)), at: now)
        return true
    }
    /// Whether an address has proved that it receives what is sent there.
    func isProved(_ endpoint: Endpoint) -> Bool { proved.has(endpoint) }
    /// Forgets addresses after HOLD without traffic.
    mutating func expire(_ now: Instant) {
        proved.removeAll(olderThan: Limits.hold, now: now)
        waiting.removeAll(olderThan: Limits.hold, now: now)
    }
}
