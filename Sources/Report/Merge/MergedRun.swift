public import Scenario

/// The results files of one target after a first reading. For a case only its result and the position of its line are
/// kept, so the lines are read a second time.
///
/// Files without a common case are parts of one run. A file that repeats a case of the run before it begins another run
/// of the target. The last result of each case counts, and the earlier results are its history.
public struct MergedRun: Sendable {
    /// The name that distinguishes this run from others: the given name, or the target.
    public let name: String
    /// The head of the first file of the last run, with the requirements and the number of cases of all files.
    public private(set) var head: RunHead
    /// The names of its files.
    public private(set) var files: [String] = []
    /// Notes about the files for the reader of the report.
    public private(set) var notes: [String] = []
    /// The number of cases that should have run but have no line.
    public private(set) var missing = 0
    /// The worst verdict of all rounds of each case, by name.
    public private(set) var verdicts: [String: Verdict] = [:]
    private var positions: [Key: Position] = [:]
    private var summaries: [ResultsReader.Summary?] = []
    private var heads: [RunHead] = []
    /// The number of the run that contains each file.
    private var runs: [Int] = []
    /// The results of cases that are in several files, oldest first.
    private var past: [Key: [PastResult]] = [:]
    private var overlaps = 0
    private var overlapping: [String] = []
    /// The number of lines of the file that is being read. `plain` counts the cases without a variant.
    private var lines = 0
    private var plain = 0
    private var planned = 0
    /// The number of cases that each file lost.
    private var lost: [Int] = []

    private struct Key: Hashable {
        var name: String
        var round: Int
    }
    private struct Position {
        /// The index of the case in its file.
        var index: Int32
        var result: PastResult
        /// The last file that contains the case, even if its result there does not count.
        var last: Int32
    }
    /// The maximum number of names in a note.
    static let told = 5

    /// Makes a run without files. If `name` is nil, the target of `head` is used.
    public init(_ name: String?, _ head: RunHead) {
        self.name = name ?? head.target
        self.head = head
        self.head.target = self.name
        self.head.cases = 0
        self.head.requirements = RequirementList()
    }

    // MARK: - The first reading

    /// Begins the next file.
    public mutating func begin(_ file: String, _ h: RunHead) {
        files.append(file)
        runs.append(runs.last ?? 0)
        (lines, plain, planned) = (0, 0, h.cases)
        head.requirements = head.requirements.union(h.requirements)
        var h = h
        h.requirements = RequirementList()
        heads.append(h)
    }
    /// Adds a case of the current file. If one file has two results for a name, the worse one counts. Otherwise the
    /// result of the later file counts, unless the case did not run there.
    public mutating func add(_ r: CaseRecord) {
        let file = files.count - 1
        let new = PastResult(r, file: file)
        let position = Position(index: Int32(clamping: lines), result: new, last: new.file)
        lines += 1
        if r.variant.isEmpty { plain += 1 }
        let key = Key(name: r.name, round: r.round)
        guard let old = positions[key] else {
            positions[key] = position
            return
        }
        guard old.last != new.file else {
            overlaps += 1
            if overlapping.count < Self.told { overlapping.append(r.name) }
            guard r.verdict > old.result.verdict else { return }
            if var all = past[key] {
                all[all.count - 1] = new
                past[key] = all
            }
            positions[key] = position
            return
        }
        if runs[Int(old.last)] == runs[file] { runs[file] += 1 }
        past[key, default: [old.result]].append(new)
        positions[key] = r.verdict == .notRun ? old : position
        positions[key]?.last = new.file
    }
    /// Ends the current file. `cut` is the reason why it ends early; nil if it is complete.
    public mutating func end(_ summary: ResultsReader.Summary?, cut: String?) {
        summaries.append(summary)
        let file = files.last ?? ""
        // Without a summary only the planned number of cases is known, and it does not include variants.
        let lost = max(0, summary.map { $0.cases - lines } ?? (planned == .max ? 0 : planned - plain))
        self.lost.append(lost)
        guard cut != nil || lost > 0 else { return }
        let why = cut ?? "it has \(lines) of the \(lines + lost) cases that its summary counts"
        let told = lost > 0 ? "; \(lost) case\(lost == 1 ? " counts" : "s count") as not run" : ""
        notes.append("\(file) is cut short: \(why)\(told)")
        isCut = true
    }
    /// True if a part of some file is missing.
    public private(set) var isCut = false

    /// Finishes the first reading of all files.
    public mutating func close() {
        let last = runs.last ?? 0
        for (name, p) in positions {
            verdicts[name.name] = max(verdicts[name.name] ?? p.result.verdict, p.result.verdict)
        }
        // A later run may have the cases that an earlier run lost. Only for the last run it is certain that they are
        // missing.
        for (lost, run) in zip(lost, runs) where run == last { missing += lost }
        let (all, over) = positions.count.addingReportingOverflow(missing)
        takeHead(of: last)
        head.cases = over ? .max : all
        if last > 0 {
            head.history = (0...last).map(pastRun)
            let names = head.history.map { $0.files.joined(separator: " + ") }.joined(separator: ", ")
            notes.append("\(last + 1) runs of one target: the last result of each case counts: \(names)")
            tell(
                "cases that both passed and did not pass with the same version",
                past.keys.filter(isFlaky).map(\.name).sorted())
        }
        tell("cases that are in one file more than once; the worse result counts", overlapping, of: overlaps)
    }
    private mutating func tell(_ what: String, _ names: [String], of all: Int? = nil) {
        let all = all ?? names.count
        guard all > 0 else { return }
        let rest = all > Self.told ? " and \(all - Self.told) more" : ""
        notes.append("\(what): \(names.prefix(Self.told).joined(separator: ", "))\(rest)")
    }
    /// Takes the head from the files of the last run, and notes their disagreements.
    private mutating func takeHead(of last: Int) {
        var first: Int?
        for i in files.indices where runs[i] == last {
            let h = heads[i]
            guard let first else {
                first = i
                (head.program, head.profile, head.seed) = (h.program, h.profile, h.seed)
                (head.started, head.policy, head.environment) = (h.started, h.policy, h.environment)
                continue
            }
            for (what, mine, theirs) in [
                ("program", h.program, heads[first].program), ("profile", h.profile, heads[first].profile),
                ("seed", h.seedText, heads[first].seedText), ("target", h.target, heads[first].target),
            ] where mine != theirs {
                notes.append("\(files[i]) has another \(what) (\(mine)) than \(files[first]) (\(theirs))")
            }
            head.policy.isStrict = head.policy.isStrict || h.policy.isStrict
            head.policy.skipsInconclusive = head.policy.skipsInconclusive && h.policy.skipsInconclusive
            head.started = [head.started, h.started].compactMap { $0 }.min()
        }
    }
    private func pastRun(_ run: Int) -> PastRun {
        let all = files.indices.filter { runs[$0] == run }
        let h = all.first.map { heads[$0] } ?? head
        return PastRun(
            program: h.program, seed: h.seedText, started: h.started, revision: h.environment?.revision,
            files: all.map { files[$0] })
    }
    /// The files of two adjacent runs, in the given order, if the later run has the earlier start time. In that case
    /// the last result would not be the newest.
    public var misordered: (first: [String], second: [String])? {
        let dated = head.history.filter { $0.started != nil }
        let pair = zip(dated, dated.dropFirst()).first { ($0.started ?? "") > ($1.started ?? "") }
        return pair.map { ($0.files, $1.files) }
    }
    /// Returns whether a case both passed and did not pass while every known version was the same.
    private func isFlaky(_ key: Key) -> Bool {
        let all = past[key] ?? []
        return all.contains { a in
            a.isFlaky
                || a.verdict == .pass && all.contains { b in b.isJudged && b.verdict != .pass && isOneVersion(a, b) }
        }
    }
    private func isOneVersion(_ a: PastResult, _ b: PastResult) -> Bool {
        let (x, y) = (heads[Int(a.file)], heads[Int(b.file)])
        return a.content == b.content && x.target == y.target && x.program == y.program && x.profile == y.profile
            && x.environment?.revision == y.environment?.revision
    }
    /// Returns the result of a case in each of the runs; nil if there is only one run.
    func history(_ r: CaseRecord) -> CaseHistory? {
        let key = Key(name: r.name, round: r.round)
        guard let last = runs.last, last > 0, let position = positions[key] else { return nil }
        var marks = [CaseHistory.Mark?](repeating: nil, count: last + 1)
        for p in past[key] ?? [position.result] {
            marks[runs[Int(p.file)]] = CaseHistory.Mark(verdict: p.verdict, retries: Int(p.retries))
        }
        return CaseHistory(marks: marks, isFlaky: isFlaky(key) || position.result.isFlaky)
    }

    // MARK: - The second reading

    /// Returns whether the line of a case counts. `index` is the index of the case in a file; both are counted from 0.
    public func takes(_ r: CaseRecord, file: Int, index: Int) -> Bool {
        guard let p = positions[Key(name: r.name, round: r.round)] else { return false }
        return Int(p.result.file) == file && Int(p.index) == index
    }
    /// Returns the case with its result in each of the runs.
    public func withHistory(_ r: CaseRecord) -> CaseRecord {
        guard let history = history(r) else { return r }
        var out = r
        out.history = history
        return out
    }
    /// Returns the end of the run from the counts of the cases that counted.
    public func end(_ counted: Counts) -> RunEnd {
        var counts = counted
        counts.add(missing: missing)
        let known = zip(summaries, runs).filter { $1 == runs.last }.compactMap(\.0)
        counts.stale = known.map(\.stale).max() ?? 0
        counts.deaths = known.reduce(0) { $0 + min($1.deaths, 1 << 32) }
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
    /// The number of cases that the author of the summary counted.
    public var cases: Int {
        ["pass", "fail", "warn", "inconc", "error", "skip", "xfail", "xpass", "notrun"].reduce(0) { sum, word in
            let (n, over) = sum.addingReportingOverflow(counts[word] ?? 0)
            return over ? .max : n
        }
    }
}

extension ExitCode {
    /// Returns the most important of several exit statuses: interrupted, then the harness, failures, time,
    /// inconclusive, nothing judged.
    public static func worst(_ all: [Int32]) -> Int32 {
        let order = [invalid, environment, failed, outOfTime, inconclusive, nothingMatched]
        return all.first { $0 >= 128 } ?? order.first(where: all.contains) ?? good
    }
}
