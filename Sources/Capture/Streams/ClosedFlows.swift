/// Connections that are over, oldest first: places and numbers.
struct ClosedFlows {
    private var flows: [(place: UInt32, number: Int)] = []
    private var head = 0

    /// Once, however often it is said in a row.
    mutating func add(_ place: Int, _ number: Int) {
        if let last = flows.last, head < flows.count, last.place == UInt32(place), last.number == number { return }
        flows.append((UInt32(place), number))
    }
    /// Takes the oldest when there are more than `limit`.
    mutating func removeFirst(beyond limit: Int) -> (place: Int, number: Int)? {
        guard flows.count &- head > limit else { return nil }
        let (place, number) = flows[head]
        head &+= 1
        if head > 256, head &* 2 > flows.count {
            flows.removeFirst(head)
            head = 0
        }
        return (Int(place), number)
    }
}
