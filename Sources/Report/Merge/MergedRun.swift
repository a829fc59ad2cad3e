public import Scenario

/// Results files of one target: what is known of them after a first reading. Of a case only how it came out and where its
/// line is are kept; the lines are read a second time.
///
/// Files without a case in common are parts of one run. One with a case that the run before it has begins another run of
/// the target: the last result of each case counts, and those before it are its history.
public struct MergedRun: Sendable {
    /// What tells it from other runs: the name that it was given, or its target.
    public let name: String
    /// Of the first file of the last run, with the requirements and numbers of cases of all.
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
    private var heads: [RunHead] = []
    /// Number of the run that each file is of.
    private var runs: [Int] = []
    /// Results of cases that stand in several files, the oldest first.
    private var past: [Key: [PastResult]] = [:]
    private var overlaps = 0
    private var overlapping: [String] = []
    /// Lines of the file that is read now: all, and those of cases that were counted from the beginning.
    private var lines = 0
    private var plain = 0
    private var planned = 0
    /// Cases that each file lost.
    private var lost: [Int] = []

    private struct Key: Hashable {
        var name: String
        var round: Int
    }
    private struct Position {
        /// The how manieth case of its file.
        var index: Int32
        var result: PastResult
        /// The last file that the case stands in, whether it counts there or not.
        var last: Int32
    }
    /// Names that are told where something is wrong with many.
    static let told = 5

    /// No file yet. `name`: the target of the first one when nil.
    public init(_ name: String?, _ head: RunHead) {
        self.name = name ?? head.target
        self.head = head
        self.head.target = self.name
        self.head.cases = 0
        self.head.requirements = RequirementList()
    }

    // The first reading

    /// The next file begins.
    public mutating func begin(_ file: String, _ h: RunHead) {
        files.append(file)
        runs.append(runs.last ?? 0)
        (lines, plain, planned) = (0, 0, h.cases)
        head.requirements = head.requirements.union(h.requirements)
        var h = h
        h.requirements = RequirementList()
        heads.append(h)
    }
    /// A case of that file. Of two with one name in one file the worse counts; else the one of the later file, unless it
    /// did not come to run there.
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
    /// The file is over; `cut` says why before its end, and nothing when it has one.
    public mutating func end(_ summary: ResultsReader.Summary?, cut: String?) {
        summaries.append(summary)
        let file = files.last ?? ""
        // Without a summary what was to run is all that is known, and that counts no case that was run in other ways.
        let lost = max(0, summary.map { $0.cases - lines } ?? (planned == .max ? 0 : planned - plain))
        self.lost.append(lost)
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
        let last = runs.last ?? 0
        for (name, p) in positions {
            verdicts[name.name] = max(verdicts[name.name] ?? p.result.verdict, p.result.verdict)
        }
        // What an earlier run lost a later one may have: only of the last one it is known that nobody has it.
        for (lost, run) in zip(lost, runs) where run == last { missing += lost }
        let (all, over) = positions.count.addingReportingOverflow(missing)
        takeHead(of: last)
        head.cases = over ? .max : all
        if last > 0 {
            head.history = (0...last).map(pastRun)
            let names = head.history.map { $0.files.joined(separator: " + ") }.joined(separator: ", ")
            notes.append("\(last + 1) runs of one target: of each case the last result counts: \(names)")
            tell("cases that both passed and did not with one version", past.keys.filter(isFlaky).map(\.name).sorted())
        }
        tell("cases that stand in one file more than once, of which the worse counts", overlapping, of: overlaps)
    }
    private mutating func tell(_ what: String, _ names: [String], of all: Int? = nil) {
        let all = all ?? names.count
        guard all > 0 else { return }
        let rest = all > Self.told ? " and \(all - Self.told) more" : ""
        notes.append("\(what): \(names.prefix(Self.told).joined(separator: ", "))\(rest)")
    }
    /// Takes over what the files of the last run say of it, and tells what they do not agree in.
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
                notes.append("\(files[i]) is of another \(what) (\(mine)) than \(files[first]) (\(theirs))")
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
    /// Two runs of which the later one began before the other, as far as both say when; the last result would not be the
    /// newest. Their files, in the order given.
    public var misordered: (first: [String], second: [String])? {
        let dated = head.history.filter { $0.started != nil }
        let pair = zip(dated, dated.dropFirst()).first { ($0.started ?? "") > ($1.started ?? "") }
        return pair.map { ($0.files, $1.files) }
    }
    /// With one version of everything that is known of it passed and did not.
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
    /// How a case came out in each of the runs; nil where there is one.
    func history(_ r: CaseRecord) -> CaseHistory? {
        let key = Key(name: r.name, round: r.round)
        guard let last = runs.last, last > 0, let position = positions[key] else { return nil }
        var marks = [CaseHistory.Mark?](repeating: nil, count: last + 1)
        for p in past[key] ?? [position.result] {
            marks[runs[Int(p.file)]] = CaseHistory.Mark(verdict: p.verdict, retries: Int(p.retries))
        }
        return CaseHistory(marks: marks, isFlaky: isFlaky(key) || position.result.isFlaky)
    }

    // The second reading

    /// Whether the line of a case counts: the `index`th case of a file, both from 0.
    public func takes(_ r: CaseRecord, file: Int, index: Int) -> Bool {
        guard let p = positions[Key(name: r.name, round: r.round)] else { return false }
        return Int(p.result.file) == file && Int(p.index) == index
    }
    /// The same case with how it came out in each of the runs.
    public func withHistory(_ r: CaseRecord) -> CaseRecord {
        guard let history = history(r) else { return r }
        var out = r
        out.history = history
        return out
    }
    /// The end of the run, from the counts of the cases that counted.
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
