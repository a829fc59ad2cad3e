internal import Node

/// How much work a node takes on: datagrams that come when it has more to do than it has time for are dropped unread,
/// so that no queue of them grows and what comes afterwards is answered at once. Work is an estimate in nanoseconds of
/// a slow machine, so that the same datagrams at the same times are dropped on each.
struct LoadShedding: Sendable {
    /// What is estimated, in nanoseconds.
    enum Cost {
        /// To look at a datagram, and for each byte of it.
        static var datagram: Int { 2000 }
        static var receivedByte: Int { 10 }
        /// To tell the operator something.
        static var event: Int { 3000 }
        /// To look at a place of the routing table.
        static var slot: Int { 2 }
        /// To make and send a byte of an answer.
        static var sentByte: Int { 6 }
    }
    private var time = TokenBucket(Limits.work, .zero)
    /// Datagrams that were dropped.
    private(set) var dropped: UInt64 = 0

    /// For whose datagrams there is time.
    enum Admission { case everybody, known, nobody }

    /// For whom there is time now: senders that the node knows may use up as much again as others.
    mutating func admits(_ now: Instant) -> Admission {
        let left = time.available(Limits.work, now)
        return left > 0 ? .everybody : left > -Limits.work.capacity ? .known : .nobody
    }
    mutating func take(_ bytes: Int) { spend(Cost.datagram + bytes * Cost.receivedByte) }
    mutating func drop() { dropped += 1 }
    /// So much was done.
    mutating func spend(_ nanoseconds: Int) { time.take(nanoseconds) }
}
