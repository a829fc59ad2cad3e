/// Elements in a row: added at its end, taken from its beginning, found by their number, which they keep.
struct RowQueue<Element: Sendable>: Sendable {
    private var elements: [Element] = []
    /// Elements at the beginning of the array that are gone.
    private var gone = 0
    /// The number of the first one; they are counted from 0.
    private(set) var start = 0

    /// One more than the number of the last one.
    var end: Int { start + count }
    var count: Int { elements.count - gone }
    var isEmpty: Bool { count == 0 }
    var first: Element? { gone < elements.count ? elements[gone] : nil }
    /// The one with a number from `start` to before `end`.
    subscript(number: Int) -> Element { elements[gone + number - start] }

    mutating func append(_ element: Element) { elements.append(element) }
    /// Takes away the first one, if there is any.
    mutating func removeFirst() {
        guard gone < elements.count else { return }
        gone += 1
        start += 1
        // What is gone lives on until the rest moves: an eighth of all at most, and each moves eight times at most.
        guard gone * 8 >= elements.count else { return }
        elements.removeFirst(gone)
        gone = 0
    }
    /// The number of the first one for which `isBefore` is false; all for which it is true stand before the others.
    func partition(_ isBefore: (Element) -> Bool) -> Int {
        var (low, high) = (start, end)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
