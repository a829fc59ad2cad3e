internal import Scenario
internal import Text

/// A writer of a Markdown summary for a pull request or a job page: the verdict, the failures in full, the doubtful
/// cases, and the commands that repeat them. The output is smaller than 1 MiB, the limit of GitHub, and memory is
/// bounded in the same way.
struct MarkdownFormat: ReportFormat {
    /// The maximum number of bytes of all cases that are reported in full. `budgetOfOne` is the limit of one case, and
    /// `budgetOfLines` the limit of the lines of the other cases of one kind.
    static let budget = 800_000
    static let budgetOfOne = 60_000
    static let budgetOfLines = 40_000
    /// The maximum number of commands at the end.
    static let maximumCommands = 20
    private var runs: [RunHead] = []
    private static let style = Style(hasColour: false, width: 120)

    /// The text about the cases of one kind.
    private struct Part {
        var title: String
        var text = ""
        /// The number of all cases. `hidden` is the number of cases for which there was no room.
        var count = 0
        var hidden = 0
        /// Counts a case and returns whether it may be shown. After the first hidden case all others are hidden too,
        /// because an order with gaps would mislead.
        mutating func counts() -> Bool {
            count += 1
            if hidden > 0 { hidden += 1 }
            return hidden == 0
        }
        mutating func add(_ piece: String, limit: Int) {
            if text.utf8.count + piece.utf8.count <= limit { text += piece } else { hidden += 1 }
        }
    }
    private var failures = Part(title: "Failures")
    private var broken = Part(title: "Errors of the harness, which do not judge the node")
    private var warnings = Part(title: "Warnings")
    private var inconclusive = Part(title: "Inconclusive")
    private var flaky = Part(title: "Flaky")
    private var commands: [String] = []
    /// The number of cases that have a command.
    private var reproducible = 0

    /// Keeps the heads of the runs. All output is written at the end, because the verdict is at the top.
    mutating func begin(_ runs: [RunHead], to out: inout ReportBuffer) { self.runs = runs }
    /// Keeps the text about a case.
    mutating func add(_ r: CaseRecord, run: Int, to out: inout ReportBuffer) {
        let head = runs.head(of: run)
        switch runs.outcome(r, run: run) {
        case .passed:
            if r.retries > 0, flaky.counts() { flaky.add(line(r, head), limit: Self.budgetOfLines) }
        case .failed:
            if failures.counts() { failures.add(details(r, head, "✗"), limit: Self.budget * 3 / 4) }
            remember(r)
        case .broken:
            if broken.counts() { broken.add(details(r, head, "E"), limit: Self.budget / 4) }
            remember(r)
        case .warned: if warnings.counts() { warnings.add(line(r, head), limit: Self.budgetOfLines) }
        case .inconclusive: if inconclusive.counts() { inconclusive.add(line(r, head), limit: Self.budgetOfLines) }
        case .accepted, .skipped, .notRun: break
        }
    }
    private mutating func remember(_ r: CaseRecord) {
        guard !r.command.isEmpty else { return }
        reproducible += 1
        if commands.count < Self.maximumCommands, r.command.utf8.count < 4000 { commands.append(r.command) }
    }
    /// Returns `**name** NANO-18 MUST: reason`, with the target if there are several runs.
    private func title(_ r: CaseRecord, _ head: RunHead?, _ strong: (String) -> String) -> String {
        let target = runs.count > 1 ? head.map { " @ " + Self.short($0.target) } ?? "" : ""
        return strong(Self.short(r.roundName)) + target + " " + Self.short(r.story)
    }
    private static func short(_ s: String) -> String {
        MarkdownText.inline(s.utf8.count > 600 ? String(s.prefix(600)) + "…" : s)
    }
    private func line(_ r: CaseRecord, _ head: RunHead?) -> String {
        let location = r.failure.map { " (" + Self.short("\($0.file):\($0.line):\($0.column)") + ")" } ?? ""
        return "- " + title(r, head) { "**\($0)**" } + location + "\n"
    }
    /// Returns the collapsible details of a case.
    private func details(_ r: CaseRecord, _ head: RunHead?, _ symbol: String) -> String {
        let summary = "<summary>\(symbol) \(title(r, head) { "<b>\($0)</b>" })</summary>"
        var lines: [String] = []
        var size = 0
        for line in FailureBlock(record: r, requirement: head?.requirements[r.requirement]).lines(Self.style) {
            size += line.utf8.count + 1
            guard size <= Self.budgetOfOne else {
                lines.append("… the rest is left out")
                break
            }
            lines.append(line)
        }
        if lines.isEmpty, !r.command.isEmpty { lines.append(r.command) }
        return "<details>" + summary + "\n\n" + (lines.isEmpty ? "" : MarkdownText.block(lines) + "\n")
            + "</details>\n\n"
    }

    /// Writes the whole summary.
    mutating func end(_ ends: [RunEnd], to out: inout ReportBuffer) {
        head(ends, &out)
        for part in [failures, broken, warnings, inconclusive, flaky] where part.count > 0 {
            out += "### \(part.title) (\(part.count))\n\n" + part.text
            if !part.text.hasSuffix("\n\n") { out += "\n" }
            if part.hidden > 0 {
                out +=
                    "*\(part.hidden) more \(part.hidden == 1 ? "is" : "are") left out: GitHub accepts at most 1 MiB.*\n\n"
            }
        }
        guard !commands.isEmpty else { return }
        out += "### Run again\n\n" + MarkdownText.block(["meshspec run --last-failed"] + commands, "sh")
        if reproducible > commands.count { out += "\n*\(reproducible - commands.count) more are left out.*\n" }
    }
    private func head(_ ends: [RunEnd], _ out: inout ReportBuffer) {
        let isGood = ends.allSatisfy { $0.exit == ExitCode.good }
        let names = runs.count > 1 ? "\(runs.count) targets" : runs.first.map { Self.short($0.target) } ?? ""
        out += "## \(isGood ? "✓" : "✗") meshspec: \(names)\n\n"
        for (i, end) in ends.enumerated() {
            let h = runs.head(of: i)
            let target = ends.count > 1 ? "\(Self.short(h?.target ?? "")): " : ""
            if ends.count == 1 { out += Self.verdict(end) + "\n\n" }
            if let trouble = end.trouble { out += "**" + target + Self.short(trouble) + "**\n\n" }
            guard ends.count == 1, let h else { continue }
            var facts: [String] = []
            if !h.profile.isEmpty { facts.append("profile " + Self.short(h.profile)) }
            facts += ["seed " + h.seedText, "meshspec " + Self.short(h.program)]
            if let started = h.started { facts.append(Self.short(started)) }
            if let elapsed = end.elapsed { facts.append(RunConsole.time(elapsed)) }
            out += facts.joined(separator: " · ") + "\n\n"
        }
        guard ends.count > 1 else { return }
        out += "| target | | cases | MUST | SHOULD | MAY |\n|---|---|---|---|---|---|\n"
        for (i, end) in ends.prefix(200).enumerated() {
            let cells = [Level.must, .should, .may].map { end.counts.kept($0).map { Self.count($0) } ?? "-" }
            let name = runs.head(of: i).map { Self.short($0.target) } ?? ""
            let mark = end.exit == ExitCode.good ? "✓" : "✗"
            out += "| \(name) | \(mark) | \(end.counts.total): \(end.counts.parts.joined(separator: ", ")) | "
            out += cells.joined(separator: " | ") + " |\n"
        }
        if ends.count > 200 { out += "\n*\(ends.count - 200) more targets are left out.*\n" }
        out += "\n"
    }
    /// Returns `MUST 21/22` without its first word.
    private static func count(_ kept: String) -> String { String(kept.split(separator: " ").last ?? "") }
    /// Returns `**41 cases**: 34 pass, 1 fail · MUST 52/53 · SHOULD 11/12`.
    private static func verdict(_ end: RunEnd) -> String {
        let cases = "**\(RunConsole.cases(end.counts.total))**: \(end.counts.parts.joined(separator: ", "))"
        return ([cases] + Level.allCases.compactMap { end.counts.kept($0) }).joined(separator: " · ")
    }
}

/// A formatter of text of unknown origin for Markdown on GitHub and GitLab.
enum MarkdownText {
    /// Returns text for a paragraph. All characters that could begin markup, HTML, a link or a table cell become
    /// character references. A comment prevents mentions and issue numbers from becoming links.
    static func inline(_ s: String) -> String {
        let all = Array(Printable.text(s).unicodeScalars)
        var out = ""
        for (i, c) in all.enumerated() {
            switch c {
            case "a"..."z", "A"..."Z", "0"..."9", " ", ",", "/", "-", "(", ")", ";", "'": out.unicodeScalars.append(c)
            // `www.` and `http://` make links.
            case "." where i == 0 || all[i - 1] != "w" && all[i - 1] != "W": out += "."
            case ":" where i + 1 < all.count && all[i + 1] != "/": out += ":"
            case "@", "#": out += "&#\(c.value);<!-- -->"
            case _ where c.isASCII: out += "&#\(c.value);"
            default: out.unicodeScalars.append(c)
            }
        }
        return out
    }
    /// Returns lines between fences that are longer than any run of backticks in them. Line ends within a line are
    /// escaped.
    static func block(_ lines: [String], _ language: String = "text") -> String {
        let longest = lines.flatMap { $0.utf8.split { $0 != 0x60 } }.map(\.count).max() ?? 0
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return fence + language + "\n" + lines.map { Printable.text($0) + "\n" }.joined() + fence + "\n"
    }
}
