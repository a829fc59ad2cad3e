/// The timers of links, so that a node need not look at all links to find the next one.
public struct LinkTimers: Sendable {
    private struct Timer: Comparable {
        var at: Instant
        var link: LinkID
        static func < (a: Self, b: Self) -> Bool { (a.at, a.link) < (b.at, b.link) }
    }
    private var heap = Heap<Timer>()
    /// The valid timer of each link; older ones in the heap are skipped.
    private var times: [LinkID: Instant] = [:]

    /// Creates an empty set of timers.
    public init() {}
    /// The time of the first timer.
    public var deadline: Instant? { heap.first?.at }
    /// Sets the time at which a link needs a call, in place of any other time; nil: no call.
    public mutating func set(_ link: LinkID, _ at: Instant?) {
        let before = times[link]
        guard before != at else { return }
        times[link] = at
        if let at { heap.insert(Timer(at: at, link: link)) }
        clean()
    }
    /// Removes and returns the links whose time has come, in order.
    public mutating func due(_ now: Instant) -> [LinkID] {
        var due: [LinkID] = []
        while let timer = heap.first, timer.at <= now {
            _ = heap.removeFirst()
            guard times[timer.link] == timer.at else { continue }
            times[timer.link] = nil
            due.append(timer.link)
        }
        clean()
        return due.sorted()
    }
    /// Removes outdated timers at the front. Others stay in the heap after valid timers. It is rebuilt when it has too
    /// many, because some links move their timers often.
    private mutating func clean() {
        while let timer = heap.first, times[timer.link] != timer.at { _ = heap.removeFirst() }
        guard heap.count > 2 * times.count + 64 else { return }
        heap = Heap()
        for (link, at) in times { heap.insert(Timer(at: at, link: link)) }
    }
}
