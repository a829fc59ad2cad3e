internal import Node

/// The clock of a node. It follows the time of its driver, but never goes back, and never so far ahead that sums
/// overflow.
struct LocalClock: Sendable {
    private var offset: Duration = .zero
    private(set) var now = Instant.zero
    private static let last = Instant(nanoseconds: 1 << 61)

    /// Returns the time that `read` would return, without changing the clock.
    func peek(_ driver: Instant) -> Instant { max(now, min(min(driver, Self.last) + offset, Self.last)) }
    /// Reads the time of the driver. If it went back, the clock continues from where it was.
    mutating func read(_ driver: Instant) -> Instant {
        let time = min(driver, Self.last) + offset
        if time < now {
            offset += now - time
        } else {
            now = min(time, Self.last)
        }
        return now
    }
    /// Returns the time of the driver's clock at which this clock shows `time`.
    func outside(_ time: Instant) -> Instant { time + (.zero - offset) }
}
