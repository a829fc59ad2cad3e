extension RandomAccessCollection where Index == Int {
    /// Returns the first index whose element satisfies the predicate. The elements that satisfy it must follow the ones
    /// that do not. The number of steps is logarithmic.
    func partitioningIndex(where isInSecondPart: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if isInSecondPart(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
