internal import Node
internal import Scenario

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
    private var last: (kind: Kind, number: Int)?
    private var shared: [UInt8] = []
    private var rows: [UInt8] = []
    private var count = 0
    private var run = 0
    private var told = 0

    /// Appends a case; `details` is the number of its template.
    mutating func add(_ r: CaseRecord, run: Int, details: Int?, to out: inout [UInt8]) {
        if count == Self.size || run != self.run { flush(to: &out) }
        self.run = run
        if count > 0 { rows.append(UInt8(ascii: ",")) }
        count += 1
        rows += "\n[".utf8
        PageText.json(r.id, to: &rows)
        number(kind(r))
        number(PageVerdict(r).rawValue)
        number(Int(clamping: r.duration.nanoseconds / 1000))
        if r.verdict != .pass || r.round != 1 || r.retries != 0 || r.expectation != nil || !r.variant.isEmpty {
            rows += ",{".utf8
            rest(r, details)
            rows.append(UInt8(ascii: "}"))
        }
        rows.append(UInt8(ascii: "]"))
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
        last = nil
        count = 0
    }
    private mutating func number(_ n: Int) {
        rows.append(UInt8(ascii: ","))
        if n >= 0, n < 10 { rows.append(UInt8(ascii: "0") + UInt8(n)) } else { rows += String(n).utf8 }
    }
    private mutating func kind(_ r: CaseRecord) -> Int {
        let kind = Kind(title: r.title, covers: r.covers, protocolName: r.protocolName)
        // One after the other, they mostly come from one scenario.
        if let last, last.kind == kind { return last.number }
        let number = kinds[kind] ?? kinds.count
        last = (kind, number)
        guard number == kinds.count else { return number }
        kinds[kind] = number
        shared += number > 0 ? ",[".utf8 : "[".utf8
        PageText.json(kind.title, to: &shared)
        shared.append(UInt8(ascii: ","))
        PageText.json(kind.covers, to: &shared)
        shared.append(UInt8(ascii: ","))
        PageText.json(kind.protocolName, to: &shared)
        shared.append(UInt8(ascii: "]"))
        return number
    }
    /// What is not the same for nearly all cases: members with names of a letter or two, which `page.js` explains.
    private mutating func rest(_ r: CaseRecord, _ details: Int?) {
        if !r.variant.isEmpty { PageText.member("v", r.variant, to: &rows) }
        if r.round != 1 { JSONMember.number("n", r.round, to: &rows) }
        if r.retries != 0 { JSONMember.number("f", r.retries, to: &rows) }
        if let (word, note) = r.expectation?.parts {
            PageText.member("b", word, to: &rows)
            PageText.member("bn", PageText.short(note, Self.reason.described), to: &rows)
        }
        guard r.verdict != .pass else { return }
        let verdict = PageVerdict(r.verdict)
        if verdict != PageVerdict(r) { JSONMember.number("o", verdict.rawValue, to: &rows) }
        if !r.requirement.isEmpty, r.requirement != r.covers.first { PageText.member("q", r.requirement, to: &rows) }
        if r.level != .must { PageText.member("l", r.level.rawValue, to: &rows) }
        if let details { JSONMember.number("d", details, to: &rows) }
        if details == nil, r.failure != nil { told += 1 }
        let isDescribed = told <= Self.described
        if let why = r.reason {
            PageText.member(
                "m", PageText.short(why, isDescribed ? Self.reason.described : Self.reason.beyond), to: &rows)
        }
        guard details == nil, isDescribed, let p = r.failure else { return }
        PageText.member("p", "\(p.file):\(p.line):\(p.column)", to: &rows)
        PageText.member("s", "0x" + String(r.seed, radix: 16), to: &rows)
        if !r.command.isEmpty { PageText.member("c", r.command, to: &rows) }
    }
}
