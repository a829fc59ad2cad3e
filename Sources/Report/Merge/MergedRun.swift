public import Scenario

/// Results files of one target, which are parts of one run: what is known of them after a first reading. Of a case only
/// how it came out and where its line is are kept; the lines are read a second time.
public struct MergedRun: Sendable {
    /// What tells it from other runs: the name that it was given, or its target.
    public let name: String
    /// Of the first file, with the requirements and numbers of cases of all.
    public private(set) var head: RunHead
    /// Names of its files.
    public private(set) var files: [String] = []
    /// What whoever reads the report must know of its files.
    public private(set) var notes: [String] = []
    /// Cases of which there is no line although they were to run.
    public private(set) var missing = 0
    /// The worst of all rounds of each case, by name.
    public private(set) var verdicts: [String: Verdict] = [:]
    private var positions: [Key: Position] = [:]
    private var summaries: [ResultsReader.Summary?] = []
    private var overlaps = 0
    private var overlapping: [String] = []
    /// Lines of the file that is read now: all, and those of cases that were counted from the beginning.
    private var lines = 0
    private var plain = 0
    private var planned = 0
    /// Target of the first file, whatever the run is called.
    private let target: String

    private struct Key: Hashable {
        var name: String
        var round: Int
    }
    private struct Position {
        var file: Int32
        /// The how manieth case of its file.
        var index: Int32
        var verdict: Verdict
    }
    /// Names that are told where something is wrong with many.
    static let told = 5

    /// No file yet. `name`: the target of the first one when nil.
    public init(_ name: String?, _ head: RunHead) {
        self.name = name ?? head.target
        target = head.target
        self.head = head
        self.head.target = self.name
        self.head.cases = 0
        self.head.requirements = RequirementList()
    }

    // The first reading

    /// The next file begins.
    public mutating func begin(_ file: String, _ h: RunHead) {
        files.append(file)
        (lines, plain, planned) = (0, 0, h.cases)
        head.requirements = head.requirements.union(h.requirements)
        guard files.count > 1, let first = files.first else { return }
        for (what, mine, theirs) in [
            ("program", h.program, head.program), ("profile", h.profile, head.profile),
            ("seed", h.seedText, head.seedText), ("target", h.target, target),
        ] where mine != theirs {
            notes.append("\(file) is of another \(what) (\(mine)) than \(first) (\(theirs))")
        }
        head.policy.isStrict = head.policy.isStrict || h.policy.isStrict
        head.policy.skipsInconclusive = head.policy.skipsInconclusive && h.policy.skipsInconclusive
        head.started = [head.started, h.started].compactMap { $0 }.min()
    }
    /// A case of that file. Of two with one name the worse counts.
    public mutating func add(_ r: CaseRecord) {
        let position = Position(
            file: Int32(clamping: files.count - 1), index: Int32(clamping: lines), verdict: r.verdict)
        lines += 1
        if r.variant.isEmpty { plain += 1 }
        let key = Key(name: r.name, round: r.round)
        if let old = positions[key] {
            overlaps += 1
            if overlapping.count < Self.told { overlapping.append(r.name) }
            guard r.verdict > old.verdict else { return }
        }
        positions[key] = position
        verdicts[r.name] = max(verdicts[r.name] ?? r.verdict, r.verdict)
    }
    /// The file is over; `cut` says why before its end, and nothing when it has one.
    public mutating func end(_ summary: ResultsReader.Summary?, cut: String?) {
        summaries.append(summary)
        let file = files.last ?? ""
        // Without a summary what was to run is all that is known, and that counts no case that was run in other ways.
        let lost = summary.map { $0.cases - lines } ?? (planned == .max ? 0 : planned - plain)
        missing += max(0, lost)
        guard cut != nil || lost > 0 else { return }
        let why = cut ?? "it has \(lines) of the \(lines + lost) cases that its summary counts"
        let told = lost > 0 ? "; \(lost) case\(lost == 1 ? " counts" : "s count") as not run" : ""
        notes.append("\(file) is cut short: \(why)\(told)")
        isCut = true
    }
    /// Something is missing in one of the files.
    public private(set) var isCut = false

    /// All files were read once.
    public mutating func close() {
        let (all, over) = positions.count.addingReportingOverflow(missing)
        head.cases = over ? .max : all
        guard overlaps > 0 else { return }
        let rest = overlaps > overlapping.count ? " and \(overlaps - overlapping.count) more" : ""
        notes.append(
            "cases that stand in more than one place, of which the worse counts: \(overlapping.joined(separator: ", "))\(rest)"
        )
    }

    // The second reading

    /// Whether the line of a case counts: the `index`th case of a file, both from 0.
    public func takes(_ r: CaseRecord, file: Int, index: Int) -> Bool {
        guard let p = positions[Key(name: r.name, round: r.round)] else { return false }
        return Int(p.file) == file && Int(p.index) == index
    }
    /// The end of the run, from the counts of the cases that counted.
    public func end(_ counted: Counts) -> RunEnd {
        var counts = counted
        counts.add(missing: missing)
        let known = summaries.compactMap { $0 }
        counts.stale = known.map(\.stale).max() ?? 0
        var why: String?
        var exit: Int32?
        if counts[.notRun] > 0 {
            counts.isOutOfTime = known.contains(where: \.isOutOfTime)
            exit = known.map(\.exit).first { $0 >= 128 }
            why = known.compactMap(\.cutShort).first
        }
        if isCut {
            why = why ?? "a results file is cut short"
            exit = ExitCode.environment
        }
        let elapsed = known.compactMap(\.elapsed)
        return RunEnd(
            counts: counts, exit: exit ?? counts.exitCode, elapsed: elapsed.isEmpty ? nil : elapsed.reduce(.zero, +),
            cutShort: why)
    }
}

extension ResultsReader.Summary {
    /// Cases that whoever wrote it had counted.
    public var cases: Int {
        ["pass", "fail", "warn", "inconc", "error", "skip", "xfail", "xpass", "notrun"].reduce(0) { sum, word in
            let (n, over) = sum.addingReportingOverflow(counts[word] ?? 0)
            return over ? .max : n
        }
    }
}

extension ExitCode {
    /// That of several: interrupted, then the harness, failures, time, inconclusive, nothing judged.
    public static func worst(_ all: [Int32]) -> Int32 {
        let order = [invalid, environment, failed, outOfTime, inconclusive, nothingMatched]
        return all.first { $0 >= 128 } ?? order.first(where: all.contains) ?? good
    }
}
