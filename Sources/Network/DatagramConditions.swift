internal import Node

/// What befalls datagrams on their way through a simulated network, each for itself.
public struct DatagramConditions: Equatable, Sendable {
    /// How probably one is lost, 0 to 1.
    public var loss: Double
    /// How probably one that is not lost arrives twice, 0 to 1.
    public var duplication: Double
    /// How long one takes; each time between the ends is as probable, so that datagrams overtake one another where the
    /// ends are apart.
    public var delay: ClosedRange<Duration>
    /// None is lost, and each takes 50 to 250 microseconds, unless said otherwise. A delay below zero is none.
    public init(
        loss: Double = 0, duplication: Double = 0,
        delay: ClosedRange<Duration> = .microseconds(50) ... .microseconds(250)
    ) {
        self.loss = loss
        self.duplication = duplication
        self.delay = max(.zero, delay.lowerBound)...max(.zero, delay.upperBound)
    }
    /// How long one takes, by chance.
    func delay(_ random: inout Random) -> Duration {
        let (least, most) = (delay.lowerBound.nanoseconds, delay.upperBound.nanoseconds)
        return .nanoseconds(least + Int64(random.next() % UInt64(max(1, most - least))))
    }
}
