internal import Node

/// How much an address may be sent that has not shown that what is sent there arrives where it was asked for, so that a
/// datagram of 80 bytes from a forged address brings little to whoever is there (README, "Security").
///
/// An address shows it with the msg_id of something that was sent there: in ack_id of its next request, or of an
/// answer. Message numbers are counted up, and whoever can talk to a node from an address of its own can guess them:
/// reflection by those who only send is what is limited.
struct AmplificationGuard: Sendable {
    /// Where the next part of a list begins that is told in parts.
    struct Place: Sendable {
        var peer = 0
        var superpeer = 0
    }
    private struct Unproved: Sendable {
        /// Of the last answer.
        var msgID: UInt32
        var budget: TokenBucket
        var place = Place()
    }
    private struct Proved: Sendable {
        var msgID: UInt32
        var budget: TokenBucket
    }
    /// With `guard=on` an unproved address gets one short answer in HOLD, else what its budget allows.
    let isStrict: Bool
    /// Those that have shown it, and the msg_id of their last answer, which shows it again. They stand apart: forged
    /// addresses show nothing, so however many come, these are not forgotten for them.
    private var proved = ExpiringLRU<Endpoint, Proved>()
    /// Those that have not, and were sent something.
    private var waiting = ExpiringLRU<Endpoint, Unproved>()
    /// What is left for all that have not, those heard for HOLD apart: who comes in a flood takes nothing from those
    /// before it.
    private var newcomers = TokenBucket(Limits.unprovedTogether, .zero)
    private var established = TokenBucket(Limits.unprovedTogether, .zero)
    /// What is left for everybody.
    private var all = TokenBucket(Limits.answers, .zero)
    /// Answers that were cut.
    private(set) var limited: UInt64 = 0
    /// Answers, repetitions and requests that were not sent.
    private(set) var withheld: UInt64 = 0

    init(isStrict: Bool = true) { self.isStrict = isStrict }

    /// How many addresses are known.
    var count: Int { proved.count + waiting.count }
    /// How many bytes the answer to a request of so many bytes may have, headers included; nil: there is none. `ackID`
    /// is what the request returns, 0 for nothing; `isKnown`: its sender has been heard from there for HOLD.
    mutating func room(
        for endpoint: Endpoint, asking bytes: Int, ackID: UInt32, isKnown: Bool = false, _ now: Instant
    ) -> Int? {
        expire(now)
        all.fill(Limits.answers, now)
        let least = Limits.amplification * bytes
        if let last = proved[endpoint]?.msgID ?? waiting[endpoint]?.msgID, ackID != 0, ackID == last {
            prove(endpoint, now)
        }
        if let place = proved.place(of: endpoint) {
            proved[at: place].budget.fill(Limits.proved, now)
            return max(least, min(proved[at: place].budget.level, all.level))
        }
        if isStrict {
            // 0: it was sent something, but no answer.
            guard let last = waiting[endpoint]?.msgID, last != 0 else { return least }
            withheld += 1
            return nil
        }
        return max(least, budget(of: endpoint, isKnown, now))
    }
    /// What is left for an address that has not shown that it hears the node.
    private mutating func budget(of endpoint: Endpoint, _ isKnown: Bool, _ now: Instant) -> Int {
        newcomers.fill(Limits.unprovedTogether, now)
        established.fill(Limits.unprovedTogether, now)
        let together = min(all.level, isKnown ? established.level : newcomers.level)
        guard let place = waiting.place(of: endpoint) else { return min(Limits.unproved.capacity, together) }
        waiting[at: place].budget.fill(Limits.unproved, now)
        return min(waiting[at: place].budget.level, together)
    }
    /// An answer of so many bytes goes out, with this number.
    mutating func give(
        _ msgID: UInt32, _ bytes: Int, to endpoint: Endpoint, isKnown: Bool = false, isCut: Bool = false, _ now: Instant
    ) {
        if isCut { limited += 1 }
        if let place = proved.place(of: endpoint) { proved[at: place].msgID = msgID }
        guard let place = spend(bytes, endpoint, isKnown, now) else { return }
        waiting[at: place].msgID = msgID
        waiting.touch(at: place, now)
    }
    /// Takes from the budgets; where the address is kept that has not shown that it hears the node.
    @discardableResult private mutating func spend(
        _ bytes: Int, _ endpoint: Endpoint, _ isKnown: Bool, _ now: Instant
    ) -> Int? {
        all.take(bytes)
        if let place = proved.place(of: endpoint) {
            proved[at: place].budget.take(bytes)
            return nil
        }
        if isKnown { established.take(bytes) } else { newcomers.take(bytes) }
        // Those who came first give way: what whoever makes addresses up gets by that is limited for all together.
        if !waiting.has(endpoint) {
            waiting.trim(to: Limits.remembered - 1)
            waiting.set(endpoint, Unproved(msgID: 0, budget: TokenBucket(Limits.unproved, now)), at: now)
        }
        guard let place = waiting.place(of: endpoint) else { return nil }
        waiting[at: place].budget.take(bytes)
        if !isStrict { waiting.touch(at: place, now) }
        return place
    }
    /// How many bytes may be sent to an address that was named by others; what is sent counts by `allows`.
    mutating func left(for endpoint: Endpoint, _ now: Instant) -> Int {
        all.fill(Limits.answers, now)
        return isStrict ? MessageCost.shortGreeting : max(Limits.shortAnswer, budget(of: endpoint, false, now))
    }
    /// Whether something that nobody asked for just now may be sent there, such as an answer once more; then it counts.
    mutating func allows(_ bytes: Int, to endpoint: Endpoint, isKnown: Bool = false, _ now: Instant) -> Bool {
        all.fill(Limits.answers, now)
        let left: Int
        if let place = proved.place(of: endpoint) {
            proved[at: place].budget.fill(Limits.proved, now)
            left = min(all.level, proved[at: place].budget.level)
        } else {
            left = budget(of: endpoint, isKnown, now)
        }
        guard bytes <= left else {
            withheld += 1
            return false
        }
        spend(bytes, endpoint, isKnown, now)
        return true
    }
    /// Where the next part of the lists begins for an address.
    func place(for endpoint: Endpoint) -> Place { waiting[endpoint]?.place ?? Place() }
    mutating func go(on place: Place, for endpoint: Endpoint) {
        if let i = waiting.place(of: endpoint) { waiting[at: i].place = place }
    }
    /// It has answered what was sent there. False: as many as can be remembered have shown that, and none of them gives
    /// way while it goes on to be heard.
    @discardableResult mutating func prove(_ endpoint: Endpoint, _ now: Instant) -> Bool {
        if let place = proved.place(of: endpoint) {
            proved.touch(at: place, now)
            return true
        }
        guard proved.count < Limits.remembered else { return false }
        let last = waiting.remove(endpoint)?.msgID ?? 0
        proved.set(endpoint, Proved(msgID: last, budget: TokenBucket(Limits.proved, now)), at: now)
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
