import Node

/// The future events of a simulation, in whole milliseconds. Events in the same millisecond keep the order in which
/// they were added.
struct RPCCalendar {
    enum Event {
        case rpc(SharedRPC, from: Int32, to: Int32, connection: Int32, generation: Int32)
        case wake(Int32)
        /// A connection is restored, or a peer joins the topic again.
        case reconnect(Int32)
        case rejoin(Int32)
    }
    private var days: [[Event]]
    /// The next millisecond.
    private(set) var today = 0

    /// `ahead`: the maximum number of milliseconds between now and an event.
    init(ahead: Int) { days = Array(repeating: [], count: ahead + 2) }

    mutating func add(_ event: Event, at millisecond: Int) {
        let ahead = min(max(millisecond - today, 0), days.count - 1)
        days[(today + ahead) % days.count].append(event)
    }
    /// Advances to the next millisecond with events, and returns them. Events that are added for the same millisecond
    /// afterwards are returned by the next call.
    mutating func take(until end: Int) -> [Event]? {
        while today <= end {
            let i = today % days.count
            if !days[i].isEmpty {
                var events: [Event] = []
                swap(&events, &days[i])
                return events
            }
            today += 1
        }
        return nil
    }
}
