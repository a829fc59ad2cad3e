internal import Scenario
internal import Text
internal import Wire

/// The error for a results file that cannot be read.
public struct ResultsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The line of the file, from 1.
    public var line: Int
    /// The problem and its remedy.
    public var reason: String
    /// True if another version of meshspec has written the file.
    public internal(set) var isOtherVersion = false
    /// `line 3: ...`
    public var description: String { "line \(line): \(reason)" }
    /// Makes the error for a line.
    public init(line: Int, reason: String) {
        self.line = line
        self.reason = reason
    }
}

/// A reader of results files, which `run --json` and `run --report json=FILE` write. It reads line by line.
public struct ResultsReader: Sendable {
    /// The name of the format, which the first line of a file states.
    public static let format = "meshspec-results"
    /// The version of the format that this program writes, and the highest that it reads.
    public static let version: UInt64 = 1
    /// The maximum length of a line; no line of this program is longer. It is 512 MiB: 32 times the bytes that are kept
    /// of a case, because each byte takes two digits in the trace and in texts.
    public static let maximumLine = 32 * TraceLimit.ofCase.bytes

    /// The content of a line.
    public enum Event: Sendable {
        case start(RunHead)
        case record(CaseRecord)
        case summary(Summary)
        /// A line for observers of the run, such as progress.
        case other
    }
    /// The last line, with the counts of the program that wrote the file.
    public struct Summary: Sendable {
        /// The number of cases by the word of the event: `pass`, `xfail`, ...
        public var counts: [String: Int]
        /// The exit status of the run.
        public var exit: Int32
        /// The elapsed wall-clock time.
        public var elapsed: Duration?
        /// The reason why the run ended before all cases had run.
        public var cutShort: String?
        /// The number of entries of the baseline whose cases do not exist.
        public var stale: Int
        /// The number of times that the node under test ended.
        public var deaths = 0
        /// True if the time budget of the run was exhausted.
        public var isOutOfTime: Bool
    }
    private var number = 0
    private var hasStarted = false
    private var hasEnded = false
    public init() {}
    /// True if the summary was read, that is, if the file is complete.
    public var isWhole: Bool { hasEnded }

    /// Reads the next line, without its line end.
    public mutating func read(_ line: [UInt8]) throws(ResultsError) -> Event {
        number += 1
        guard let v = JSON.parse(line), case .text(let event)? = v["event"] else {
            throw fail(
                hasStarted
                    ? "not an event of a run: the file is damaged or cut short here"
                    : "not the results of a run: `meshspec run --report json=FILE` writes those")
        }
        guard hasStarted else {
            guard event == "start", v["format"] == .text(Self.format) else {
                throw fail("not the results of a run: `meshspec run --report json=FILE` writes those")
            }
            hasStarted = true
            return .start(try head(v))
        }
        guard !hasEnded else { throw fail("there is a line after the summary: are these two files in one?") }
        switch event {
        case "start": throw fail("a second run begins: are these two files in one?")
        case "case":
            guard let r = CaseRecord(v) else { throw fail("a case without its id, verdict, requirement or level") }
            return .record(r)
        case "summary":
            hasEnded = true
            var counts: [String: Int] = [:]
            if case .map(let members) = v {
                for m in members { if let n = m.value.integer { counts[m.key] = Int(clamping: n) } }
            }
            return .summary(
                Summary(
                    counts: counts, exit: Int32(clamping: v["exit"]?.signedInteger ?? 0),
                    elapsed: v["milliseconds"]?.integer.map { .milliseconds(Int64(clamping: $0)) },
                    cutShort: v.string("cut"), stale: counts["stale"] ?? 0, deaths: counts["deaths"] ?? 0,
                    isOutOfTime: v["outOfTime"] == true))
        default: return .other
        }
    }
    private func fail(_ reason: String) -> ResultsError { ResultsError(line: number, reason: reason) }

    private func head(_ v: Value) throws(ResultsError) -> RunHead {
        guard let version = v["version"]?.integer else { throw fail("it has no `version`") }
        guard version <= Self.version else {
            var error = fail(
                "format \(version) of results is from a later meshspec (\(v.string("program") ?? "unknown")): this one reads up to format \(Self.version)"
            )
            error.isOtherVersion = true
            throw error
        }
        var policy = Counts.Policy()
        policy.isStrict = v["strict"] == true
        policy.skipsInconclusive = v["inconc"] == "skip"
        let rules = v.items("requirements").compactMap { Requirement($0) }
        var head = RunHead(
            program: v.string("program") ?? "", target: v.string("target") ?? "", profile: v.string("profile") ?? "",
            seed: v["seed"]?.integer ?? 0, cases: Int(clamping: v["cases"]?.integer ?? UInt64(Int.max)),
            started: v.string("started"), requirements: RequirementList(rules), policy: policy)
        head.place = v.string("place")
        head.environment = RunEnvironment(v["environment"])
        return head
    }
}

extension Requirement {
    /// Reads a requirement from the head of a results file.
    init?(_ v: Value) {
        guard let id = v.string("id"), let level = v.string("level").flatMap(Level.init(rawValue:)) else { return nil }
        self.init(
            id: id, level: level, kind: v.string("kind") ?? "", text: v.string("text") ?? "",
            source: v.string("source") ?? "", quote: v.string("quote") ?? "")
    }
    /// The requirement as an object for the head of a results file.
    var event: Value {
        [
            "id": .text(id), "level": .text(level.rawValue), "kind": .text(kind), "text": .text(text),
            "quote": .text(quote), "source": .text(source),
        ]
    }
}
