internal import Wire

/// How much is kept of what a case sent and received, once it is over: a node that sends without end may not fill disks
/// with evidence and results. What is left out is counted.
public struct TraceLimit: Sendable {
    /// Entries at most: half of them the first, half the last.
    public var entries: Int
    /// Bytes that they hold; the entry that the failure is about stays in any case.
    public var bytes: Int
    /// Of each case: more than the largest message has fragments.
    public static let ofCase = TraceLimit(entries: 20_000, bytes: 16 << 20)
    /// Of a case after the run has kept as much as it may.
    public static let short = TraceLimit(entries: 200, bytes: 64 << 10)
    /// Bytes of a run, as `CaseResult.traceSize` counts them: 64 MiB.
    public static let ofRun = 64 << 20
    /// Entries before and behind the one that the failure is about, which stay.
    static let around = 10
}

extension CaseResult {
    /// Bytes that its trace holds, and a little for each entry.
    public var traceSize: Int { trace.reduce(0) { $0 + 300 + $1.bytes.count } }
    /// Leaves out the middle of the trace where it is more than that.
    public mutating func limitTrace(_ limit: TraceLimit) {
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
        // Where each entry is now, or the next one that is kept.
        var newIndices: [Int] = []
        var kept: [TraceEntry] = []
        var before: [Side: LeftOut] = [:]
        for (i, e) in trace.enumerated() {
            newIndices.append(kept.count)
            let side = Side(connection: e.connection, isSent: e.direction == .sent)
            guard isKept[i] else {
                before[side, default: LeftOut()].add(e)
                // What was left out before it moves on to the next one.
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
    private struct Side: Hashable {
        var connection: Int
        var isSent: Bool
    }
}
