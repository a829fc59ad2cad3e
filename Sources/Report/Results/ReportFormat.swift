/// A report that is written while the cases arrive, so that no case has to be kept in memory.
///
/// The cases arrive run by run. Within a run they arrive in the order in which they ended.
public protocol ReportFormat {
    /// Begins the report. Called once, before the first case, with the runs of the report: one run, or one for each
    /// implementation.
    mutating func begin(_ runs: [RunHead], to out: inout ReportBuffer)
    /// Adds the next case of a run.
    mutating func add(_ r: CaseRecord, run: Int, to out: inout ReportBuffer)
    /// Ends the report. Called once, after the last case, with one end for each run.
    mutating func end(_ ends: [RunEnd], to out: inout ReportBuffer)
}

/// The output of a report: bytes to be appended to a file, and patches that replace earlier bytes. Patches are for
/// values at the head of a file that are known only at its end, such as counts.
public struct ReportBuffer: Sendable {
    /// The bytes that were not flushed yet.
    public var pending: [UInt8] = []
    /// The number of bytes that were flushed.
    public private(set) var taken = 0
    /// The patches of bytes that were already flushed, by offset in the whole output.
    public private(set) var patches: [(offset: Int, bytes: [UInt8])] = []
    public init() {}
    /// The number of bytes written in total, which is the offset of the next byte.
    public var position: Int { taken + pending.count }
    public static func += (out: inout Self, text: String) { out.pending += text.utf8 }
    /// Passes the pending bytes to `body`, without copying them.
    public mutating func flush(_ body: ([UInt8]) -> Void) {
        taken += pending.count
        body(pending)
        pending.removeAll(keepingCapacity: true)
    }
    /// Replaces the bytes from `offset` on by the same number of new bytes.
    public mutating func patch(_ offset: Int, _ bytes: [UInt8]) {
        if offset >= taken {
            pending.replaceSubrange(offset - taken..<offset - taken + bytes.count, with: bytes)
        } else {
            patches.append((offset, bytes))
        }
    }
}
