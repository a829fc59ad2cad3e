/// When links want to be called, so that nobody has to look at all of them.
public struct LinkTimers: Sendable {
    private struct Timer: Comparable {
        var at: Instant
        var link: LinkID
        static func < (a: Self, b: Self) -> Bool { (a.at, a.link) < (b.at, b.link) }
    }
    private var heap = Heap<Timer>()
    /// Of the timer of a link that counts; older ones in the heap are passed over.
    private var times: [LinkID: Instant] = [:]

    /// No link wants to be called.
    public init() {}
    /// When the first one wants to be.
    public var deadline: Instant? { heap.first?.at }
    /// This link wants to be called then, and at no other time; nil: not at all.
    public mutating func set(_ link: LinkID, _ at: Instant?) {
        let before = times[link]
        guard before != at else { return }
        times[link] = at
        if let at { heap.insert(Timer(at: at, link: link)) }
        clean()
    }
    /// The links whose time has come, which want nothing more then, in order.
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
    /// Timers that do not count any more stay behind those that do: of links that move theirs often, too many.
    private mutating func clean() {
        while let timer = heap.first, times[timer.link] != timer.at { _ = heap.removeFirst() }
        guard heap.count > 2 * times.count + 64 else { return }
        heap = Heap()
        for (link, at) in times { heap.insert(Timer(at: at, link: link)) }
    }
}
