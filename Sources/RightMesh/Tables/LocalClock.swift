internal import Node

/// The time that a node lives by: that of its driver, but it never goes back, and never so far ahead that sums
/// overflow.
struct LocalClock: Sendable {
    private var offset: Duration = .zero
    private(set) var now = Instant.zero
    private static let last = Instant(nanoseconds: 1 << 61)

    /// What `read` would give.
    func peek(_ driver: Instant) -> Instant { max(now, min(min(driver, Self.last) + offset, Self.last)) }
    /// Takes over what the driver says. When that went back, time goes on from where it was.
    mutating func read(_ driver: Instant) -> Instant {
        let time = min(driver, Self.last) + offset
        if time < now {
            offset += now - time
        } else {
            now = min(time, Self.last)
        }
        return now
    }
    /// When the driver's clock will show this time.
    func outside(_ time: Instant) -> Instant { time + (.zero - offset) }
}
