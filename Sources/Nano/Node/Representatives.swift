import Node
import Wire

/// The representatives among the peers, and the weight that is online (nano-node, repcrawler.cpp and online_reps.cpp).
///
/// An account counts as a representative from its first vote on the block that the node asked its peer for, until the
/// connection ends. nano-node asks again from time to time, and forgets a request after 60 s (1 s on dev). This node
/// asks each connection once, and takes the answer at any time.
struct Representatives: Sendable {
    /// The connections on which representatives answered.
    private(set) var links: [Key32: LinkID] = [:]
    /// The times of their last votes.
    private var votes: [Key32: Instant] = [:]

    /// The weight that counts as online in any case, in raw: 60 million nano (`online_weight_minimum`).
    static let leastOnline: UInt128 = 60_000_000 * 1_000_000_000_000_000_000_000_000_000_000
    /// The least weight of a representative, in raw (`minimum_principal_weight`). At most 5,671 accounts have it.
    static let leastWeight = leastOnline / 1000
    /// The time for which a vote shows that its account is online (`weight_period`).
    static let period = Duration.seconds(300)

    /// Takes the vote of an account on the requested block. Votes of accounts with little weight are ignored.
    mutating func note(_ account: Key32, on link: LinkID, _ ledger: Ledger, _ now: Instant) {
        guard ledger.weight(of: account) >= Self.leastWeight else { return }
        votes = votes.filter { now < $0.value + Self.period }
        links[account] = link
        votes[account] = now
    }
    /// Removes the representatives of a connection that has ended. They count as online for some more time.
    mutating func remove(_ link: LinkID) {
        links = links.filter { $0.value != link }
    }
    /// Returns the weight of the connected representatives, in raw.
    func connected(_ ledger: Ledger) -> UInt128 { Self.sum(links.keys, ledger) }
    /// Returns the weight of all accounts that voted recently, in raw.
    func online(_ ledger: Ledger, _ now: Instant) -> UInt128 {
        Self.sum(votes.filter { now < $0.value + Self.period }.keys, ledger)
    }
    private static func sum(_ accounts: some Sequence<Key32>, _ ledger: Ledger) -> UInt128 {
        accounts.reduce(0) { $0 &+ ledger.weight(of: $1) }
    }
    /// Returns the weight above which the connected representatives suffice, in raw: 67 % of the weight that is online
    /// (`online_reps` `delta`).
    func needed(_ ledger: Ledger, _ now: Instant) -> UInt128 {
        max(online(ledger, now), Self.leastOnline) / 100 * 67
    }
    /// Returns true if the connected representatives have enough weight.
    func suffice(_ ledger: Ledger, _ now: Instant) -> Bool { connected(ledger) > needed(ledger, now) }
}
