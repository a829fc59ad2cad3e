internal import Node
internal import Scenario
internal import Wire

/// Rows of the list of cases as compact JSON: a chunk holds the texts that many of its rows share only once, and is
/// written when it is full, so that memory does not grow with the cases.
struct PageRows {
    /// Rows of a chunk.
    static let size = 1000
    /// Cases that did not pass of which place, seed and command are told although their details are not.
    static let described = 20_000
    /// Characters of a reason, and of one beyond those cases.
    static let reason = (described: 400, beyond: 120)

    /// What cases of one scenario share.
    private struct Kind: Hashable {
        var title: String
        var covers: [String]
        var protocolName: String
    }
    private var kinds: [Kind: Int] = [:]
    private var shared: [UInt8] = []
    private var rows: [UInt8] = []
    private var count = 0
    private var run = 0
    private var withoutDetails = 0

    /// Appends a case; `details` is the number of its template.
    mutating func add(_ r: CaseRecord, run: Int, details: Int?, to out: inout [UInt8]) {
        if count == Self.size || run != self.run { flush(to: &out) }
        self.run = run
        rows += count > 0 ? ",\n".utf8 : "\n".utf8
        count += 1
        var row: [Value] = [
            .printable(r.id), .number(kind(r)), .number(PageVerdict(r).number), .microseconds(r.duration),
        ]
        if r.verdict != .pass || r.round != 1 || r.retries != 0 || r.expectation != nil || !r.variant.isEmpty {
            row.append(.map(rest(r, details)))
        }
        PageText.json(.list(row), to: &rows)
    }
    /// Writes what has come together.
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
    private mutating func kind(_ r: CaseRecord) -> Int {
        let kind = Kind(title: r.title, covers: r.covers, protocolName: r.protocolName)
        let number = kinds[kind] ?? kinds.count
        guard number == kinds.count else { return number }
        kinds[kind] = number
        if number > 0 { shared.append(UInt8(ascii: ",")) }
        PageText.json(
            [
                .printable(kind.title), .list(kind.covers.map { .printable($0) }), .printable(kind.protocolName),
            ], to: &shared)
        return number
    }
    /// What is not the same for nearly all cases: members with names of a letter or two, which `page.js` explains.
    private mutating func rest(_ r: CaseRecord, _ details: Int?) -> [Value.Entry] {
        let expectation = r.expectation?.parts
        let known = Value.members([
            "v": r.variant.isEmpty ? nil : .printable(r.variant), "n": r.round == 1 ? nil : .number(r.round),
            "f": r.retries == 0 ? nil : .number(r.retries), "b": expectation.map { .printable($0.word) },
            "bn": expectation.map { .printable(PageText.short($0.note, Self.reason.described)) },
        ])
        guard r.verdict != .pass else { return known }
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
            ])
    }
}
