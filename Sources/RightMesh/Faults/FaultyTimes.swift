internal import Node

extension Misbehaviour? {
    /// A time of the specification, as a node keeps it: with one fault a quarter too short, with another a quarter too
    /// long.
    func span(_ time: Duration, early: Misbehaviour? = nil, late: Misbehaviour? = nil) -> Duration {
        .nanoseconds(span(time.nanoseconds, early: early, late: late))
    }
    /// The same in nanoseconds.
    func span(_ time: Int64, early: Misbehaviour? = nil, late: Misbehaviour? = nil) -> Int64 {
        guard let self else { return time }
        return self == early ? time / 4 * 3 : self == late ? time / 4 * 5 : time
    }
}
