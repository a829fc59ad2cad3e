import Node

/// What is to happen in a simulation, by whole milliseconds: within one, in the order in which it was said.
struct RPCCalendar {
    enum Event {
        case rpc(SharedRPC, from: Int32, to: Int32, connection: Int32, generation: Int32)
        case wake(Int32)
        /// A connection is there again, or a peer joins the topic again.
        case reconnect(Int32)
        case rejoin(Int32)
    }
    private var days: [[Event]]
    /// The millisecond that is next.
    private(set) var today = 0

    /// For events up to so many milliseconds ahead.
    init(ahead: Int) { days = Array(repeating: [], count: ahead + 2) }

    mutating func add(_ event: Event, at millisecond: Int) {
        let ahead = min(max(millisecond - today, 0), days.count - 1)
        days[(today + ahead) % days.count].append(event)
    }
    /// Goes on to the next millisecond with events. Those that are added for the same one meanwhile come in the next call.
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
