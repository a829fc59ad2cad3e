internal import Scenario
public import Text

/// A table of requirements and cases against the runs of a report, for people.
public struct ResultsMatrix: Sendable {
    /// A run and the results of its cases.
    struct Column: Sendable {
        var run: MergedRun
        var counts: Counts
        var rules = RequirementVerdicts()
        /// The reasons why cases did not pass, by name.
        var reasons: [String: String] = [:]
    }
    private var columns: [Column]
    /// The names of the cases that did not pass in some run, in the order of their arrival.
    private var names: [String] = []
    private var named: Set<String> = []
    /// The names beyond the maximum number.
    private var others: Set<String> = []
    /// The maximum number of cases that are listed; the others are counted.
    static let maximumCases = 200

    /// Makes a table of runs whose first reading is finished.
    public init(_ runs: [MergedRun]) { columns = runs.map { Column(run: $0, counts: Counts($0.head.policy)) } }

    /// Adds a case that counts.
    public mutating func add(_ r: CaseRecord, run: Int) {
        columns[run].counts.add(r, columns[run].run.head.requirements)
        columns[run].rules.add(r)
        guard r.verdict != .pass, r.verdict != .skip else { return }
        if !named.contains(r.name) {
            guard names.count < Self.maximumCases else {
                others.insert(r.name)
                return
            }
            named.insert(r.name)
            names.append(r.name)
        }
        // If there are several rounds, the worst one is reported.
        guard columns[run].reasons[r.name] == nil || columns[run].run.verdicts[r.name] == r.verdict else { return }
        var text = "\(r.requirement) \(r.level.rawValue)  \(r.reason?.prefix(300) ?? "")"
        if case .failed(let note)? = r.expectation { text = "xfail: \(note.prefix(100))  \(text)" }
        columns[run].reasons[r.name] = text
    }
    /// The ends of the runs.
    public var ends: [RunEnd] { columns.map { $0.run.end($0.counts) } }

    /// Returns the label of a column: A to Z, then AA and so on.
    static func label(_ i: Int) -> String {
        let letter = String(UnicodeScalar(UInt8(65 + i % 26)))
        return i < 26 ? letter : label(i / 26 - 1) + letter
    }
    /// Returns the whole table, with the summaries at the end.
    public func lines(_ style: Style) -> [String] {
        let labels = columns.indices.map(Self.label)
        var out: [String] = []
        for (l, c) in zip(labels, columns) {
            var line = "\(l)  \(style.safe(c.run.name))"
            let files = c.run.files.prefix(3).map(style.safe).joined(separator: ", ")
            line += "  \(files)\(c.run.files.count > 3 ? " and \(c.run.files.count - 3) more" : "")"
            out += style.fold(line)
        }
        out += [""] + table(labels, style) + cases(labels, style) + [""]
        for (l, end) in zip(labels, ends) {
            let line = end.counts.line + (end.elapsed.map { "   " + RunConsole.time($0) } ?? "")
            out += style.fold("\(columns.count > 1 ? l + "  " : "")\(line)").map {
                style.paint($0, end.exit == 0 ? .good : .bad)
            }
        }
        return out
    }
    /// The requirements that some run was about.
    private var rules: [Requirement] {
        var out = RequirementList()
        for c in columns {
            out = out.union(RequirementList(c.run.head.requirements.all.filter { c.rules[$0.id] != nil }))
            // A file may refer to requirements that its head does not have.
            let others = c.rules.all.keys.sorted().filter { c.run.head.requirements[$0] == nil }
            out = out.union(RequirementList(others.map { Requirement(unknown: $0) }))
        }
        return out.all
    }
    /// Returns the table with all columns that fit side by side. The other columns follow below.
    private func table(_ labels: [String], _ style: Style) -> [String] {
        let rules = rules
        let id = rules.map { style.safe($0.id).count }.max() ?? 0
        let cell = max(style.hasUnicode ? 1 : 4, labels.map(\.count).max() ?? 1)
        let before = id + 2 + 6 + 2
        let fitting = style.width == .max ? .max : (style.width - before + 1) / (cell + 1)
        let step = max(1, min(fitting, columns.count))
        var out: [String] = []
        for first in stride(from: 0, to: columns.count, by: step) {
            let block = first..<min(columns.count, first + step)
            let head = block.map { Style.pad(labels[$0], cell) }.joined(separator: " ")
            out.append(Style.pad("", before) + head)
            let used = before + block.count * (cell + 1) + 1
            let text = style.width == .max ? .max : style.width - used
            for r in rules {
                let cells = block.map { i in
                    guard let v = columns[i].rules[r.id] else { return Style.pad("", cell) }
                    return v.paddedMark(style) + Style.pad("", cell - (style.hasUnicode ? 1 : 4))
                }
                let line = "\(Style.pad(style.safe(r.id), id))  \(Style.pad(r.level.rawValue, 6))  "
                let about = text >= 20 ? "  " + style.cut(style.safe(r.text), text) : ""
                out.append(line + cells.joined(separator: " ") + about)
            }
            out.append("")
        }
        return out
    }
    /// Returns the cases that did not pass everywhere, with the reasons.
    private func cases(_ labels: [String], _ style: Style) -> [String] {
        guard !names.isEmpty else { return ["all cases that ran passed, or were skipped"] }
        var out: [String] = []
        for name in names {
            let marks = columns.map { c in
                c.run.verdicts[name].map { $0.paddedMark(style) } ?? Style.pad("", style.hasUnicode ? 1 : 4)
            }
            out.append("\(marks.joined(separator: " "))  \(style.safe(name))")
            for (l, c) in zip(labels, columns) {
                guard let why = c.reasons[name] else { continue }
                let indent = columns.count > 1 ? "    \(l)  " : "    "
                let available = style.width == .max ? .max : max(8, style.width - indent.count)
                out.append(indent + style.cut(style.safe(why), available))
            }
        }
        if !others.isEmpty { out.append("... \(others.count) more that did not pass") }
        return out
    }
}
