internal import Node

/// The loss, duplication and delay of datagrams in a simulated network. Each datagram is affected separately.
public struct DatagramConditions: Equatable, Sendable {
    /// The probability that a datagram is lost, 0 to 1.
    public var loss: Double
    /// The probability that a datagram which is not lost arrives twice, 0 to 1.
    public var duplication: Double
    /// The range of the delay, in which all delays are equally probable. If the range is not a single value, datagrams
    /// may overtake each other.
    public var delay: ClosedRange<Duration>
    /// Creates conditions. By default no datagram is lost and the delay is 50 to 250 microseconds. A negative delay
    /// becomes zero.
    public init(
        loss: Double = 0, duplication: Double = 0,
        delay: ClosedRange<Duration> = .microseconds(50) ... .microseconds(250)
    ) {
        self.loss = loss
        self.duplication = duplication
        self.delay = max(.zero, delay.lowerBound)...max(.zero, delay.upperBound)
    }
    /// Returns a random delay.
    func delay(_ random: inout Random) -> Duration {
        let (least, most) = (delay.lowerBound.nanoseconds, delay.upperBound.nanoseconds)
        return .nanoseconds(least + Int64(random.next() % UInt64(max(1, most - least))))
    }
}
