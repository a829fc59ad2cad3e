extension RandomAccessCollection where Index == Int {
    /// The first index whose element is in the second part, where all that are stand behind all that are not; found in
    /// a number of steps that is logarithmic.
    func partitioningIndex(where isInSecondPart: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if isInSecondPart(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
