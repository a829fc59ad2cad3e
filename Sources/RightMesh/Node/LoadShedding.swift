internal import Node

/// A limit for the work that a node accepts. If it has more work than time, it drops arriving datagrams unread, so that
/// no queue grows and later datagrams are answered at once. The work is an estimate in nanoseconds of a slow machine,
/// so that every machine drops the same datagrams at the same times.
struct LoadShedding: Sendable {
    /// The estimated costs in nanoseconds.
    enum Cost {
        /// The cost of a datagram, and of each of its bytes.
        static var datagram: Int { 2000 }
        static var receivedByte: Int { 10 }
        /// The cost of reporting an event to the operator.
        static var event: Int { 3000 }
        /// The cost of reading a slot of the routing table.
        static var slot: Int { 2 }
        /// The cost of encoding and sending a byte of an answer.
        static var sentByte: Int { 6 }
    }
    private var time = TokenBucket(Limits.work, .zero)
    /// The number of datagrams that were dropped.
    private(set) var dropped: UInt64 = 0

    /// The senders whose datagrams are accepted.
    enum Admission { case everybody, known, nobody }

    /// Returns the senders that are accepted now. Known senders may use the same capacity again after other senders
    /// have exhausted it.
    mutating func admits(_ now: Instant) -> Admission {
        let left = time.available(Limits.work, now)
        return left > 0 ? .everybody : left > -Limits.work.capacity ? .known : .nobody
    }
    mutating func take(_ bytes: Int) { spend(Cost.datagram + bytes * Cost.receivedByte) }
    mutating func drop() { dropped += 1 }
    /// Takes work from the capacity.
    mutating func spend(_ nanoseconds: Int) { time.take(nanoseconds) }
}
