internal import Node

extension Misbehaviour? {
    /// Returns a time of the specification as a node keeps it: a quarter too short with the fault `early`, a quarter
    /// too long with the fault `late`.
    func span(_ time: Duration, early: Misbehaviour? = nil, late: Misbehaviour? = nil) -> Duration {
        .nanoseconds(span(time.nanoseconds, early: early, late: late))
    }
    /// Does the same in nanoseconds.
    func span(_ time: Int64, early: Misbehaviour? = nil, late: Misbehaviour? = nil) -> Int64 {
        guard let self else { return time }
        return self == early ? time / 4 * 3 : self == late ? time / 4 * 5 : time
    }
}
