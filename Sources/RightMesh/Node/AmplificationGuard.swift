internal import Node

/// A limit for what is sent to an address that has not proved that it receives what is sent there. With it, a datagram
/// of 80 bytes with a forged source causes little amplification (README, "Security").
///
/// The proof is the msg_id of a message that was sent there, returned in the ack_id of the next request or of an
/// answer. Message numbers are sequential, so a node that exchanges messages with this one can guess them. The guard
/// limits only reflection by senders that receive no answers.
struct AmplificationGuard: Sendable {
    /// The beginning of the next part of a list that is sent in parts.
    struct ListPosition: Sendable {
        var peer = 0
        var superpeer = 0
    }
    private struct Account: Sendable {
        /// The msg_id of the last answer; 0 if only messages other than answers were sent.
        var msgID: UInt32
        var budget: TokenBucket
        var listPosition = ListPosition()
    }
    /// True with `guard=on`: an unproved address gets one short answer per HOLD. Otherwise it gets what its budget
    /// allows.
    let isStrict: Bool
    /// The proved addresses, and the msg_id of the last answer to each, which renews the proof. They are kept apart, so
    /// that no number of forged addresses evicts them.
    private var proved = ExpiringLRU<Endpoint, Account>()
    /// The unproved addresses to which messages were sent.
    private var waiting = ExpiringLRU<Endpoint, Account>()
    /// The common budgets of all unproved addresses: one for new addresses, and one for those known for HOLD, which a
    /// flood of new addresses does not exhaust.
    private var newcomers = TokenBucket(Limits.unprovedTogether, .zero)
    private var established = TokenBucket(Limits.unprovedTogether, .zero)
    /// The budget of all addresses.
    private var all = TokenBucket(Limits.answers, .zero)
    /// The number of answers that were cut.
    private(set) var limited: UInt64 = 0
    /// The number of answers, repetitions and requests that were not sent.
    private(set) var withheld: UInt64 = 0

    init(isStrict: Bool = true) { self.isStrict = isStrict }

    /// The number of addresses that are remembered.
    var count: Int { proved.count + waiting.count }
    /// Returns the most bytes that the answer to a request of `bytes` bytes may have, headers included; nil if it is
    /// not answered. `ackID` is the ack_id of the request, 0 if it has none. `isKnown` is true if its sender has been
    /// known at this address for HOLD.
    mutating func answerBudget(
        for endpoint: Endpoint, asking bytes: Int, ackID: UInt32, isKnown: Bool = false, _ now: Instant
    ) -> Int? {
        expire(now)
        // The budget is refilled before an answer takes from it, even if the address has no budget of its own.
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
    /// Returns the budget of an address.
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
    /// Records an answer of `bytes` bytes that is sent with this msg_id.
    mutating func give(
        _ msgID: UInt32, _ bytes: Int, to endpoint: Endpoint, isKnown: Bool = false, isCut: Bool = false, _ now: Instant
    ) {
        if isCut { limited += 1 }
        if let slot = proved.slot(of: endpoint) { proved[at: slot].msgID = msgID }
        guard let slot = spend(bytes, to: endpoint, isKnown: isKnown, at: now) else { return }
        waiting[at: slot].msgID = msgID
        waiting.touch(at: slot, now)
    }
    /// Takes bytes from the budgets. Returns the slot of an unproved address.
    @discardableResult private mutating func spend(
        _ bytes: Int, to endpoint: Endpoint, isKnown: Bool, at now: Instant
    ) -> Int? {
        all.take(bytes)
        if let slot = proved.slot(of: endpoint) {
            proved[at: slot].budget.take(bytes)
            return nil
        }
        if isKnown { established.take(bytes) } else { newcomers.take(bytes) }
        // The oldest addresses are evicted. The common budget limits what forged addresses gain by that.
        if !waiting.has(endpoint) {
            waiting.trim(to: Limits.remembered - 1)
            waiting.set(endpoint, Account(msgID: 0, budget: TokenBucket(Limits.unproved, now)), at: now)
        }
        guard let slot = waiting.slot(of: endpoint) else { return nil }
        waiting[at: slot].budget.take(bytes)
        if !isStrict { waiting.touch(at: slot, now) }
        return slot
    }
    /// Returns the most bytes that may be sent to an address that only other nodes have named. `allows` takes them from
    /// the budget.
    mutating func left(for endpoint: Endpoint, _ now: Instant) -> Int {
        isStrict ? MessageCost.shortGreeting : max(Limits.shortAnswer, budget(of: endpoint, false, now))
    }
    /// Returns true if an unsolicited message may be sent there, for example a repeated answer. If so, it takes the
    /// bytes from the budget.
    mutating func allows(_ bytes: Int, to endpoint: Endpoint, isKnown: Bool = false, _ now: Instant) -> Bool {
        guard bytes <= budget(of: endpoint, isKnown, now) else {
            withheld += 1
            return false
        }
        spend(bytes, to: endpoint, isKnown: isKnown, at: now)
        return true
    }
    /// Returns the beginning of the next part of the lists for an address.
    func listPosition(for endpoint: Endpoint) -> ListPosition { waiting[endpoint]?.listPosition ?? ListPosition() }
    mutating func goOn(at position: ListPosition, for endpoint: Endpoint) {
        if let i = waiting.slot(of: endpoint) { waiting[at: i].listPosition = position }
    }
    /// Marks an address as proved, because it has answered what was sent there. Returns false if the limit of proved
    /// addresses is reached; none of them is evicted.
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
    /// Returns true if an address has proved that it receives what is sent there.
    func isProved(_ endpoint: Endpoint) -> Bool { proved.has(endpoint) }
    /// Forgets addresses after HOLD without traffic.
    mutating func expire(_ now: Instant) {
        proved.removeAll(olderThan: Limits.hold, now: now)
        waiting.removeAll(olderThan: Limits.hold, now: now)
    }
}
