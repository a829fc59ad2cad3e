import Node
import Wire

/// A remote candidate with the one local socket, and the state of its checks.
struct CandidatePair: Sendable {
    enum State: Sendable { case waiting, inProgress, succeeded, failed }
    /// A Binding request that waits for its answer.
    struct Check: Sendable {
        var transaction: Fixed<12>
        var nominates: Bool
        /// The role that the request named.
        var isControlling: Bool
        var transmissions = 1
        var timeout = ICETimes.retransmission
        var due: Instant
    }
    let remote: Endpoint
    var priority: UInt32
    var state = State.waiting
    var check: Check?
    /// True if the other side sent a valid request from this address.
    var isHeard = false
    /// True if the controlling side chose it.
    var isNominated = false

    /// True if datagrams of the other side are accepted from this address.
    var isUsable: Bool { isHeard || state == .succeeded }
}

/// The consent of the other side to receive datagrams (RFC 7675).
struct Consent: Sendable {
    /// The transaction ids of the last requests.
    var transactions: [Fixed<12>] = []
    var due: Instant
    var expires: Instant

    init(_ now: Instant) { (due, expires) = (now + ICETimes.consentInterval, now + ICETimes.consent) }
    /// The number of requests whose answers count.
    static let outstanding = 6
    /// True if the last request has an answer.
    var isFresh: Bool { transactions.isEmpty }
}
