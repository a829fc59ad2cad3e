/// The assignment of the connections of two captures to each other.
///
/// The two connections that share most messages are a pair, and so on with the remaining connections. Connections that
/// share no message are paired in their order if they begin with a message of the same name.
enum ConnectionPairing {
    /// The indices of two connections; nil if one capture lacks it.
    struct Pair: Equatable {
        var a: Int?
        var b: Int?
    }
    /// The maximum number of connections that may have a message for it to count: a message of all connections
    /// distinguishes none.
    private static let shared = 16

    /// Returns all connections in the order of the first capture, then those that only the second one has.
    static func pairs(_ a: CaptureOutline, _ b: CaptureOutline) -> [Pair] {
        var partner = [Int?](repeating: nil, count: a.connectionCount)
        var taken = Set<Int>()
        for candidate in candidates(a, b) where partner[candidate.a] == nil && !taken.contains(candidate.b) {
            partner[candidate.a] = candidate.b
            taken.insert(candidate.b)
        }
        var open: [String: [Int]] = [:]
        for j in (0..<b.connectionCount).reversed() where !taken.contains(j) {
            open[b.beginning(of: j), default: []].append(j)
        }
        for i in 0..<a.connectionCount where partner[i] == nil {
            guard let j = open[a.beginning(of: i)]?.popLast() else { continue }
            partner[i] = j
            taken.insert(j)
        }
        return partner.enumerated().map { Pair(a: $0, b: $1) }
            + (0..<b.connectionCount).filter { !taken.contains($0) }.map { Pair(a: nil, b: $0) }
    }
    private struct Candidate {
        var a: Int
        var b: Int
        var common: Int
    }
    /// Returns the pairs that share messages, those with most first, and in the order of the captures.
    private static func candidates(_ a: CaptureOutline, _ b: CaptureOutline) -> [Candidate] {
        var places: [Int: Set<Int>] = [:]
        for j in 0..<b.connectionCount { for digest in b.digests(of: j) { places[digest, default: []].insert(j) } }
        var all: [Candidate] = []
        for i in 0..<a.connectionCount {
            var common: [Int: Int] = [:]
            for digest in a.digests(of: i) {
                guard let others = places[digest], others.count <= shared else { continue }
                for j in others { common[j, default: 0] += 1 }
            }
            all += common.map { Candidate(a: i, b: $0.key, common: $0.value) }
        }
        return all.sorted { ($1.common, $0.a, $0.b) < ($0.common, $1.a, $1.b) }
    }
}
