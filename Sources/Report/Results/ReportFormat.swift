/// A report that is written while the cases come, so that nothing of a case has to be kept.
///
/// Cases come one run after the other; of one run in the order in which they came to an end.
public protocol ReportFormat {
    /// Called once, before the first case, with the runs that it is about: one, or one for each implementation.
    mutating func begin(_ runs: [RunHead], to out: inout ReportBuffer)
    /// The next case of a run.
    mutating func add(_ r: CaseRecord, run: Int, to out: inout ReportBuffer)
    /// Called once, behind the last case, with an end for each run.
    mutating func end(_ ends: [RunEnd], to out: inout ReportBuffer)
}

/// What a report has written: bytes that wait to be taken to a file, and bytes that take the place of earlier ones,
/// such as counts at its head which are known at its end only.
public struct ReportBuffer: Sendable {
    /// Bytes that nobody has taken yet.
    public var pending: [UInt8] = []
    /// Bytes that were taken.
    public private(set) var taken = 0
    /// Bytes to be put in the place of those that were taken already, by offset in the whole.
    public private(set) var patches: [(offset: Int, bytes: [UInt8])] = []
    public init() {}
    /// Bytes written in all: the offset of the next one.
    public var position: Int { taken + pending.count }
    public static func += (out: inout Self, text: String) { out.pending += text.utf8 }
    /// Writes what waits somewhere, without making a copy of it.
    public mutating func flush(_ body: ([UInt8]) -> Void) {
        taken += pending.count
        body(pending)
        pending.removeAll(keepingCapacity: true)
    }
    /// Puts bytes in the place of as many that were written from `offset` on.
    public mutating func patch(_ offset: Int, _ bytes: [UInt8]) {
        if offset >= taken {
            pending.replaceSubrange(offset - taken..<offset - taken + bytes.count, with: bytes)
        } else {
            patches.append((offset, bytes))
        }
    }
}
