/// A queue whose elements keep their numbers. Elements are appended at the end and removed from the beginning.
struct RowQueue<Element: Sendable>: Sendable {
    private var elements: [Element] = []
    /// The number of removed elements at the beginning of the array.
    private var gone = 0
    /// The number of the first element; numbers begin at 0.
    private(set) var start = 0

    /// The number of the last element plus one.
    var end: Int { start + count }
    var count: Int { elements.count - gone }
    var isEmpty: Bool { count == 0 }
    var first: Element? { gone < elements.count ? elements[gone] : nil }
    /// Returns the element with a number from `start` to before `end`.
    subscript(number: Int) -> Element { elements[gone + number - start] }

    mutating func append(_ element: Element) { elements.append(element) }
    /// Removes the first element, if there is one.
    mutating func removeFirst() {
        guard gone < elements.count else { return }
        gone += 1
        start += 1
        // Removed elements remain in memory until the others are moved: at most an eighth of the array. Each element is
        // moved at most eight times.
        guard gone * 8 >= elements.count else { return }
        elements.removeFirst(gone)
        gone = 0
    }
    /// Returns the number of the first element for which `isBefore` is false. All elements for which it is true must
    /// precede the others.
    func partition(_ isBefore: (Element) -> Bool) -> Int {
        var (low, high) = (start, end)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
