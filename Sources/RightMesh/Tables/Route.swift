internal import Node

/// How a node is reached.
struct Route: Equatable, Sendable {
    var peer: MeshID
    /// The neighbour that it is reached through; `peer` itself when that is one.
    var nexthop: MeshID
    var hops: Int
    var role: Role
    /// Nanoseconds: when the peer itself was heard, by whoever heard it. May lie before the time began.
    var heard: Int64

    /// As it is told to others: seconds, begun ones as whole, but for the first millisecond.
    func age(_ now: Instant) -> UInt16 { Self.age(heard, now) }
    static func age(_ heard: Int64, _ now: Instant) -> UInt16 {
        let elapsed = now.nanoseconds - heard
        return elapsed < 1_000_000 ? 0 : UInt16(clamping: (elapsed + 999_999_999) / 1_000_000_000)
    }
    /// When a node was heard that is told to have been heard so many seconds ago.
    static func heard(age: UInt16, _ now: Instant) -> Int64 { now.nanoseconds - Int64(age) * 1_000_000_000 }
}
