/// The assignment of the messages of one direction in two captures to each other, by content.
///
/// Messages that are equal and that each side has once are anchors. Between two anchors, the alignment with the
/// smallest sum of differences is chosen, so that a lost message does not shift those after it.
enum MessageAlignment {
    typealias Entry = CaptureOutline.Entry
    typealias Pair = (Entry?, Entry?)
    /// The maximum number of pairs of messages that are compared between two anchors.
    static let reach = 1 << 14
    /// The maximum number of messages between partners, where there are too many for a comparison of all.
    private static let nearby = 64
    /// The cost of a message without partner. Two messages of one name differ by less than two of them.
    private static let lone = 0.6

    /// Returns the messages of both sides in order; nil in place of a message that one side lacks.
    static func pairs(_ a: [Entry], _ b: [Entry]) -> [Pair] {
        var out: [Pair] = []
        var (i, j) = (0, 0)
        for (x, y) in anchors(a, b) + [(a.count, b.count)] {
            out += between(a[i..<x], b[j..<y])
            if x < a.count { out.append((a[x], b[y])) }
            (i, j) = (x + 1, y + 1)
        }
        return out
    }
    /// Returns the longest series of equal messages that each side has once, with growing places on both sides.
    private static func anchors(_ a: [Entry], _ b: [Entry]) -> [(Int, Int)] {
        func places(_ all: [Entry]) -> [Int: Int] {
            var places: [Int: Int] = [:]
            for (i, entry) in all.enumerated() { places[entry.digest] = places[entry.digest] == nil ? i : -1 }
            return places
        }
        let others = places(b)
        let common = places(a).compactMap { digest, i -> (Int, Int)? in
            guard i >= 0, let j = others[digest], j >= 0 else { return nil }
            return (i, j)
        }.sorted { $0.0 < $1.0 }
        // `ends[n]` is the pair with the smallest place in `b` that ends a series of n + 1 pairs.
        var (ends, before): ([Int], [Int]) = ([], [])
        for (k, pair) in common.enumerated() {
            var (low, high) = (0, ends.count)
            while low < high {
                let middle = (low + high) / 2
                if common[ends[middle]].1 < pair.1 { low = middle + 1 } else { high = middle }
            }
            before.append(low > 0 ? ends[low - 1] : -1)
            if low < ends.count { ends[low] = k } else { ends.append(k) }
        }
        var (series, at): ([(Int, Int)], Int) = ([], ends.last ?? -1)
        while at >= 0 {
            series.append(common[at])
            at = before[at]
        }
        return series.reversed()
    }
    private static func between(_ a: ArraySlice<Entry>, _ b: ArraySlice<Entry>) -> [Pair] {
        var (a, b) = (a, b)
        var (start, end): ([Pair], [Pair]) = ([], [])
        while let x = a.first, let y = b.first, x.digest == y.digest {
            start.append((x, y))
            (a, b) = (a.dropFirst(), b.dropFirst())
        }
        while let x = a.last, let y = b.last, x.digest == y.digest {
            end.append((x, y))
            (a, b) = (a.dropLast(), b.dropLast())
        }
        let middle = a.count * b.count <= reach ? aligned(Array(a), Array(b)) : inOrder(Array(a), Array(b))
        return start + middle + end.reversed()
    }
    /// Returns the alignment with the smallest sum of costs.
    private static func aligned(_ a: [Entry], _ b: [Entry]) -> [Pair] {
        guard !a.isEmpty, !b.isEmpty else { return a.map { ($0, nil) } + b.map { (nil, $0) } }
        let width = b.count + 1
        var costs = [Double](repeating: 0, count: (a.count + 1) * width)
        var matches = costs
        for i in 0...a.count {
            for j in 0...b.count where i + j > 0 {
                var least = Double.infinity
                if i > 0 { least = min(least, costs[(i - 1) * width + j] + lone) }
                if j > 0 { least = min(least, costs[i * width + j - 1] + lone) }
                if i > 0, j > 0 {
                    let match = distance(a[i - 1], b[j - 1])
                    matches[i * width + j] = match
                    least = min(least, costs[(i - 1) * width + j - 1] + match)
                }
                costs[i * width + j] = least
            }
        }
        var (pairs, i, j): ([Pair], Int, Int) = ([], a.count, b.count)
        while i > 0 || j > 0 {
            let cost = costs[i * width + j]
            if i > 0, j > 0, costs[(i - 1) * width + j - 1] + matches[i * width + j] == cost {
                (i, j) = (i - 1, j - 1)
                pairs.append((a[i], b[j]))
            } else if j > 0, costs[i * width + j - 1] + lone == cost {
                j -= 1
                pairs.append((nil, b[j]))
            } else {
                i -= 1
                pairs.append((a[i], nil))
            }
        }
        return pairs.reversed()
    }
    /// Returns the share of fields that differ, below 1; infinite if the names differ.
    private static func distance(_ a: Entry, _ b: Entry) -> Double {
        if a.digest == b.digest { return 0 }
        guard a.name == b.name else { return .infinity }
        let all = max(a.fields.count, b.fields.count, 1)
        return Double(FieldChange.all(a, b).count) / Double(2 * all)
    }
    /// Pairs messages of equal names one after the other, where there are too many for a comparison of all.
    private static func inOrder(_ a: [Entry], _ b: [Entry]) -> [Pair] {
        var (out, i, j): ([Pair], Int, Int) = ([], 0, 0)
        var waiting: [String: [Int]] = [:]
        for (place, entry) in b.enumerated().reversed() { waiting[entry.name, default: []].append(place) }
        while i < a.count {
            while let next = waiting[a[i].name]?.last, next < j { waiting[a[i].name]?.removeLast() }
            // A partner far ahead would leave all between alone.
            if let next = waiting[a[i].name]?.last, next - j < nearby {
                out += b[j..<next].map { (nil, $0) }
                out.append((a[i], b[next]))
                j = next + 1
            } else {
                out.append((a[i], nil))
            }
            i += 1
        }
        return out + b[j...].map { (nil, $0) }
    }
}
