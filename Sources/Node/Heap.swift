/// A binary heap with the least element first.
public struct Heap<Element: Comparable> {
    private var items: [Element] = []
    /// The least element.
    public var first: Element? { items.first }
    public var count: Int { items.count }

    public init() {}
    public mutating func insert(_ x: Element) {
        items.append(x)
        var i = items.count - 1
        while i > 0, items[i] < items[(i - 1) / 2] {
            items.swapAt(i, (i - 1) / 2)
            i = (i - 1) / 2
        }
    }
    /// Removes and returns the least element; nil if the heap is empty.
    public mutating func removeFirst() -> Element? {
        guard let last = items.popLast() else { return nil }
        guard let first = items.first else { return last }
        items[0] = last
        var i = 0
        while true {
            var least = i
            for child in [2 * i + 1, 2 * i + 2] where child < items.count && items[child] < items[least] {
                least = child
            }
            if least == i { return first }
            items.swapAt(i, least)
            i = least
        }
    }
}

extension Heap: Sendable where Element: Sendable {}
