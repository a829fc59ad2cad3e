internal import Wire

/// The limit of the trace that is kept after a case: a node that sends without end must not fill disks with evidence
/// and results. Left-out entries are counted.
public struct TraceLimit: Sendable {
    /// The maximum number of entries: half of them from the beginning, half from the end.
    public var entries: Int
    /// The maximum number of bytes in them. The entry that the failure is about is always kept.
    public var bytes: Int
    /// The limit for each case. It is larger than the number of fragments of the largest message.
    public static let ofCase = TraceLimit(entries: 20_000, bytes: 16 << 20)
    /// The limit for a case after the run has kept its maximum.
    public static let short = TraceLimit(entries: 200, bytes: 64 << 10)
    /// The limit in bytes for a run, as `CaseResult.traceSize` counts them: 64 MiB.
    public static let ofRun = 64 << 20
    /// The number of entries that are kept before and after the entry that the failure is about.
    static let around = 10
}

extension CaseResult {
    /// The number of bytes in the trace, plus an overhead for each entry.
    public var traceSize: Int {
        trace.reduce(0) { $0 + 300 + $1.bytes.count } + datagrams.reduce(0) { $0 + 100 + $1.bytes.count }
    }
    /// Removes the middle of the trace if the trace exceeds the limit.
    public mutating func limitTrace(_ limit: TraceLimit) {
        limitDatagrams(limit)
        guard trace.count > limit.entries || trace.reduce(0, { $0 + $1.bytes.count }) > limit.bytes else { return }
        var isKept = [Bool](repeating: false, count: trace.count)
        func keep(_ indices: some Sequence<Int>) {
            var left = TraceLimit(entries: limit.entries / 2, bytes: limit.bytes / 2)
            for i in indices {
                left.entries -= 1
                left.bytes -= trace[i].bytes.count
                guard left.entries >= 0, left.bytes >= 0 else { return }
                isKept[i] = true
            }
        }
        keep(trace.indices)
        keep(trace.indices.reversed())
        if let c = problem?.culprit, trace.indices.contains(c) {
            isKept[c] = true
            for i in max(0, c - TraceLimit.around)...min(trace.count - 1, c + TraceLimit.around)
            where trace[i].bytes.count * TraceLimit.around < limit.bytes { isKept[i] = true }
        }
        // The new index of each entry, or of the next kept one.
        var newIndices: [Int] = []
        var kept: [TraceEntry] = []
        var before: [Side: LeftOut] = [:]
        for (i, e) in trace.enumerated() {
            newIndices.append(kept.count)
            let side = Side(connection: e.connection, isSent: e.direction == .sent)
            guard isKept[i] else {
                before[side, default: LeftOut()].add(e)
                // The count of entries left out before this one moves to the next kept entry.
                before[side]?.add(e.leftOut)
                leftOut.add(e)
                continue
            }
            kept.append(e)
            if let left = before.removeValue(forKey: side) { kept[kept.count - 1].leftOut.add(left) }
        }
        func moved(_ i: Int) -> Int { newIndices.indices.contains(i) ? newIndices[i] : kept.count }
        if let culprit = problem?.culprit { problem?.culprit = moved(culprit) }
        for i in steps.indices {
            steps[i].entry = steps[i].entry.flatMap { isKept.indices.contains($0) && isKept[$0] ? moved($0) : nil }
            steps[i].traced = moved(steps[i].traced)
        }
        trace = kept
    }
    /// Removes the datagrams after the first ones that fit.
    private mutating func limitDatagrams(_ limit: TraceLimit) {
        var bytes = limit.bytes
        let count = datagrams.prefix(limit.entries).prefix {
            bytes -= $0.bytes.count
            return bytes >= 0
        }.count
        datagrams.removeLast(datagrams.count - count)
    }
    private struct Side: Hashable {
        var connection: Int
        var isSent: Bool
    }
}
