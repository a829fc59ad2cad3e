internal import Node

/// The route to a node.
struct Route: Equatable, Sendable {
    var peer: MeshID
    /// The neighbour through which the peer is reached; `peer` itself if it is a neighbour.
    var nexthop: MeshID
    var hops: Int
    var role: Role
    /// The time in nanoseconds at which any node last received a message from the peer itself. It may be before the
    /// start of the clock.
    var heard: Int64

    /// Returns the age in seconds as messages carry it, rounded up; below one millisecond it is 0.
    func age(_ now: Instant) -> UInt16 { Self.age(heard, now) }
    static func age(_ heard: Int64, _ now: Instant) -> UInt16 {
        let elapsed = now.nanoseconds - heard
        return elapsed < 1_000_000 ? 0 : UInt16(clamping: (elapsed + 999_999_999) / 1_000_000_000)
    }
    /// Returns the time for an age in a message: when the described node last sent a message itself.
    static func heard(age: UInt16, _ now: Instant) -> Int64 { now.nanoseconds - Int64(age) * 1_000_000_000 }
}
