internal import Node
internal import Scenario
internal import Text
internal import Wire

/// The rows of the case list as compact JSON. A chunk contains texts that many of its rows share only once. It is
/// written when it is full, so that memory does not grow with the cases.
struct PageRows {
    /// The number of rows of a chunk.
    static let size = 1000
    /// The maximum number of cases that did not pass and have no details, but still have place, seed and command.
    static let described = 20_000
    /// The maximum number of characters of a reason, and of a reason beyond these cases.
    static let reason = (described: 400, beyond: 120)

    /// The values that the cases of one scenario share.
    private struct Kind: Hashable {
        var title: String
        var covers: [String]
        var protocolName: String
        /// The file of the scenario. `plan` has its steps without outcomes; it is empty if they are unknown.
        var file = ""
        var plan: [CaseRecord.Step] = []
    }
    private var kinds: [Kind: Int] = [:]
    private var shared: [UInt8] = []
    private var rows: [UInt8] = []
    private var count = 0
    private var run = 0
    private var withoutDetails = 0
    /// The path of the page.
    private let page: String
    /// The number of bytes of the steps of cases that passed, and of other cases.
    private var steps = (passed: 0, others: 0)
    /// The number of cases whose steps are left out because there are too many.
    private(set) var withoutSteps = 0

    /// Makes an empty list. `page` is the path of the page, as the command line names it.
    init(page: String = "") { self.page = page }

    /// Appends a case. `details` is the number of its template.
    mutating func add(_ r: CaseRecord, run: Int, details: Int?, to out: inout [UInt8]) {
        if count == Self.size || run != self.run { flush(to: &out) }
        self.run = run
        rows += count > 0 ? ",\n".utf8 : "\n".utf8
        count += 1
        let hasSteps = takesSteps(of: r)
        var row: [Value] = [
            .printable(r.id), .number(kind(r, hasSteps: hasSteps)), .number(PageVerdict(r).number),
            .microseconds(r.duration),
        ]
        let rest = rest(r, details, hasSteps: hasSteps)
        if !rest.isEmpty { row.append(.map(rest)) }
        let start = rows.count
        PageText.json(.list(row), to: &rows)
        guard hasSteps else { return }
        if r.verdict == .pass { steps.passed += rows.count - start } else { steps.others += rows.count - start }
    }
    private mutating func takesSteps(of r: CaseRecord) -> Bool {
        guard !r.steps.isEmpty else { return false }
        let isIn =
            r.verdict == .pass ? steps.passed < PageSteps.maximumPassed : steps.others < PageSteps.maximumOthers
        if !isIn { withoutSteps += 1 }
        return isIn
    }
    /// Writes the collected rows.
    mutating func flush(to out: inout [UInt8]) {
        guard count > 0 else { return }
        out += "<script type=\"application/json\" class=\"rows\">{\"run\":\(run),\"kinds\":[".utf8
        out += shared
        out += "],\"rows\":[".utf8
        out += rows
        out += "]}</script>\n".utf8
        kinds.removeAll(keepingCapacity: true)
        shared.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
        count = 0
    }
    private mutating func kind(_ r: CaseRecord, hasSteps: Bool) -> Int {
        var kind = Kind(title: r.title, covers: r.covers, protocolName: r.protocolName)
        if hasSteps {
            kind.file = r.file
            kind.plan = r.steps
            for i in kind.plan.indices { kind.plan[i].outcome = nil }
        }
        let number = kinds[kind] ?? kinds.count
        guard number == kinds.count else { return number }
        kinds[kind] = number
        if number > 0 { shared.append(UInt8(ascii: ",")) }
        var all: [Value] = [
            .printable(kind.title), .list(kind.covers.map { .printable($0) }), .printable(kind.protocolName),
        ]
        if !kind.plan.isEmpty { all += [.printable(kind.file), PageSteps.plan(kind.plan)] }
        PageText.json(.list(all), to: &shared)
        return number
    }
    /// Returns the values that differ from the usual ones. Their names are one or two letters, which `page.js`
    /// explains.
    private mutating func rest(_ r: CaseRecord, _ details: Int?, hasSteps: Bool) -> [Value.Entry] {
        let expectation = r.expectation?.parts
        let known = Value.members([
            "v": r.variant.isEmpty ? nil : .printable(r.variant), "n": r.round == 1 ? nil : .number(r.round),
            "f": r.retries == 0 ? nil : .number(r.retries), "b": expectation.map { .printable($0.word) },
            "bn": expectation.map { .printable(PageText.short($0.note, Self.reason.described)) },
            "t": hasSteps ? PageSteps.outcomes(r.steps) : nil, "h": r.history.map { .text(Self.marks($0)) },
            "hf": r.history?.isFlaky == true ? .number(1) : nil,
        ])
        // The details have their own copy.
        let evidence: Value? = r.evidence.map { [.printable($0), .printable(PageText.folder($0, from: page))] }
        guard r.verdict != .pass else {
            guard hasSteps else { return known }
            return known
                + Value.members([
                    "s": .text(r.seed.seedText), "c": r.command.isEmpty ? nil : .printable(r.command),
                    "e": evidence,
                ])
        }
        if details == nil, r.failure != nil { withoutDetails += 1 }
        let isDescribed = withoutDetails <= Self.described
        let limit = isDescribed ? Self.reason.described : Self.reason.beyond
        let verdict = PageVerdict(r.verdict)
        let isOtherRule = !r.requirement.isEmpty && r.requirement != r.covers.first
        let shown = details == nil && isDescribed ? r.failure : nil
        return known
            + Value.members([
                "o": verdict == PageVerdict(r) ? nil : .number(verdict.number),
                "q": isOtherRule ? .printable(r.requirement) : nil,
                "l": r.level == .must ? nil : .printable(r.level.rawValue), "d": details.map { .number($0) },
                "m": r.reason.map { .printable(PageText.short($0, limit)) },
                "p": shown.map { .printable("\($0.file):\($0.line):\($0.column)") },
                "s": shown.map { _ in .text(r.seed.seedText) },
                "c": shown == nil || r.command.isEmpty ? nil : .printable(r.command),
                "e": shown == nil ? nil : evidence,
            ])
    }
    /// Returns a character for each run: the number of the verdict, `-` if the case was not in the run, `~` if it
    /// passed after a retry.
    private static func marks(_ history: CaseHistory) -> String {
        history.marks.map { mark in
            guard let mark else { return "-" }
            return mark.retries > 0 && mark.verdict == .pass ? "~" : String(PageVerdict(mark.verdict).number)
        }.joined()
    }
}

/// The steps of cases as compact JSON. The plan is shared by the cases of one scenario; the outcomes belong to one
/// case.
enum PageSteps {
    /// The maximum number of characters of the text of a step.
    static let limit = 300
    /// The maximum number of bytes of the steps of all cases that passed. Beyond it only the duration of a case is
    /// written.
    static let maximumPassed = 6 << 20
    /// The maximum number of bytes of the steps of all other cases.
    static let maximumOthers = 6 << 20

    /// Returns a list for each step: line, depth, text, requirement, label, 1 for a step of the clean-up, file of a
    /// fragment.
    static func plan(_ steps: [CaseRecord.Step]) -> Value {
        .list(
            steps.map { s in
                var all: [Value] = [
                    .number(s.line), .number(s.depth), short(s.text), short(s.requirement), short(s.label),
                    .number(s.isCleanup ? 1 : 0),
                ]
                if let file = s.file { all.append(short(file)) }
                return .list(all)
            })
    }
    /// Returns an entry for each step. It is 0 if the case did not reach the step. Otherwise it has the start and the
    /// duration in microseconds, and, unless the step simply held once, its state, verdict, reason and rounds.
    static func outcomes(_ steps: [CaseRecord.Step]) -> Value {
        .list(
            steps.map { s in
                guard let o = s.outcome else { return .number(0) }
                var all: [Value] = [.microseconds(o.began), .microseconds(o.ended - o.began)]
                if o.state != .held || o.reason != nil || o.rounds > 1 {
                    all += [
                        .text(o.state.rawValue), o.verdict.map { .number(PageVerdict($0).number) } ?? .text(""),
                        short(o.reason), .number(o.rounds),
                    ]
                }
                return .list(all)
            })
    }
    private static func short(_ s: String?) -> Value { .printable(PageText.short(s ?? "", limit)) }
}
