internal import Node
internal import Scenario
public import Text
public import Wire

extension Coverage.Entry {
    /// The maximum severity of the findings of a passive observer, and the condition that it reports. If no observer
    /// judges the requirement, the reason; nil if no reason is known.
    var passiveObserver: String? {
        observed.map { "\($0.severity.rawValue) at \($0.seen)" }
            ?? requirement.unobservable.map { "none, for \($0.reason)" }
    }
}

extension Requirement {
    /// The text about a requirement that most of the observed implementations break.
    var question: String {
        let breakers = observations.count { !$0.keeps }
        return "question to the specification: \(breakers) of \(observations.count) implementations break \(id): "
            + (observed(isBroken: false) ?? "")
    }
}

extension Observation {
    /// The observation as an object for programs.
    var event: Value {
        ["node": .text(node), "date": .text(date), "keeps": .bool(keeps), "does": .text(does)]
    }
}

extension Coverage {
    /// Returns the text for people: the requirements by level, and the summary at the end.
    public func lines(_ style: Style) -> [String] {
        var out: [String] = []
        for level in Level.allCases {
            let mine = entries.filter { $0.requirement.level == level }
            guard !mine.isEmpty else { continue }
            out.append(style.paint(level.rawValue, .strong))
            for e in mine { out += lines(e, style) }
            out.append("")
        }
        let open = uncovered.map { style.safe($0.requirement.id) }
        if !open.isEmpty {
            let text = "not covered, and the entry does not say why: \(open.joined(separator: " "))"
            out += style.fold(text).map { style.paint($0, .bad) }
        }
        for e in questions {
            out += style.wrap(style.safe(e.requirement.question), "").map { style.paint($0, .doubtful) }
        }
        if !entries.isEmpty { out += style.fold(observedText) }
        return out + style.fold(summary).map { style.paint($0, open.isEmpty ? .good : .bad) }
    }
    /// The summary: `MUST 41/54 covered ...   SHOULD ...`
    var summary: String { entries.isEmpty ? "no requirement" : tallies.map(\.text).joined(separator: "   ") }

    private func lines(_ e: Entry, _ style: Style) -> [String] {
        let r = e.requirement
        // A mark without a run would claim too much.
        let blank = Style.pad("", style.hasUnicode ? 1 : 4)
        let mark = e.state == .uncovered ? Verdict.fail.paddedMark(style) : e.verdict?.paddedMark(style) ?? blank
        let indent = style.hasUnicode ? "      " : "         "
        let state = e.state == .uncovered ? style.paint("UNCOVERED", .bad) : e.state.rawValue
        var out = ["  \(mark) \(style.paint(style.safe(r.id), .strong))"]
        let facts = [state] + (e.cases.isEmpty ? [] : [Self.last(e, style)])
        // On a narrow terminal the id has its own line.
        if style.width < 40 { out += facts.map { indent + $0 } } else { out[0] += facts.map { "  " + $0 }.joined() }
        func add(_ text: String, _ tone: Style.Tone? = nil) {
            let columns = min(style.width, 120)
            let lines = style.wrap(style.safe(text), indent, max(20, columns))
            out += tone.map { t in lines.map { style.paint($0, t) } } ?? lines
        }
        add(r.text)
        if !r.quote.isEmpty { add("\"\(r.quote)\"", .quiet) }
        add(r.source, .quiet)
        if !e.cases.isEmpty { add("cases: \(e.cases.joined(separator: " "))") }
        if !e.vectors.isEmpty { add("vectors: \(Self.some(e.vectors, 12))") }
        if let m = e.mutants, !m.text.isEmpty { add("mutants killed: \(m.text)") }
        if e.state == .untestable { add("untestable: \(r.untestable ?? "")") }
        if let text = e.passiveObserver { add("monitor: \(text)") }
        for seen in r.observations { add("observed: \(seen.line)") }
        return out
    }
    /// Returns `pass 2026-01-02, reference node`, or `never run`.
    private static func last(_ e: Entry, _ style: Style) -> String {
        guard let v = e.verdict else { return "never run" }
        let day = e.seen.map { " \(style.safe(String($0.at.prefix(10))))" } ?? ""
        return v.rawValue + (day == " " ? "" : day)
    }
    private static func some(_ names: [String], _ n: Int) -> String {
        names.prefix(n).joined(separator: " ") + (names.count > n ? " and \(names.count - n) more" : "")
    }

    /// Returns a table for a page of a project.
    public func markdown() -> String {
        var out = "# Coverage\n\n\(Self.cell(summary))\n"
        for level in Level.allCases {
            let mine = entries.filter { $0.requirement.level == level }
            guard !mine.isEmpty else { continue }
            let hasMutants = entries.contains { $0.mutants != nil }
            out += "\n## \(level.rawValue)\n\n| requirement | | proved by | last verdict |"
            out += (hasMutants ? " mutants killed |" : "") + " monitor | source |\n|---|---|---|---|---|---|"
            out += hasMutants ? "---|\n" : "\n"
            for e in mine {
                let r = e.requirement
                let quote = r.quote.isEmpty ? "" : " “\(r.quote)”"
                let proof: String
                switch e.state {
                case .cases: proof = e.cases.joined(separator: ", ")
                case .vectors: proof = "vectors: \(Self.some(e.vectors, 12))"
                case .untestable: proof = "untestable: \(r.untestable ?? "")"
                case .planned: proof = "planned"
                case .uncovered: proof = "UNCOVERED"
                }
                let verdict = e.cases.isEmpty ? "" : Self.last(e, Style(hasColour: false))
                let mutants = hasMutants ? [e.mutants?.text ?? ""] : []
                let cells = [r.id, r.text + quote, proof, verdict] + mutants + [e.passiveObserver ?? "", r.source]
                out += "| \(cells.map(Self.cell).joined(separator: " | ")) |\n"
            }
        }
        if !questions.isEmpty {
            out += "\n## Questions to the specifications\n\n"
            for e in questions { out += "* \(Self.cell(e.requirement.question))\n" }
        }
        return out
    }
    /// Returns text escaped for a Markdown table, so that a renderer shows it unchanged.
    private static func cell(_ s: String) -> String {
        Printable.text(s).escaping { c in
            switch c {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\\", "|", "`", "*", "_", "[", "]", "#", "~", "!": "\\" + String(c)
            default: nil
            }
        }
    }

    /// Returns the events for programs: one for each requirement, and the summary. `exit` is the status of the command.
    public func events(exit: Int32) -> [Value] {
        var out: [Value] = entries.map { e in
            let r = e.requirement
            return .object([
                "event": "requirement", "id": .text(r.id), "protocol": .text(e.protocolName),
                "level": .text(r.level.rawValue), "kind": .text(r.kind), "text": .text(r.text),
                "quote": .text(r.quote), "source": .text(r.source), "state": .text(e.state.rawValue),
                "cases": .texts(e.cases), "vectors": .texts(e.vectors),
                "untestable": e.state == .untestable ? r.untestable.map { .text($0) } : nil,
                "observed": e.observed.map { .text($0.severity.rawValue) }, "seen": e.observed.map { .text($0.seen) },
                "unobservable": r.unobservable.map { .text($0.rawValue) }, "planned": r.isPlanned ? true : nil,
                "verdict": e.verdict.map { .text($0.rawValue) }, "mutants": e.mutants?.value,
                "implementations": r.observations.isEmpty ? nil : .list(r.observations.map(\.event)),
                "question": r.isQuestionable ? .text(r.question) : nil,
                "at": e.seen.flatMap { .text(unlessEmpty: $0.at) }, "target": e.seen.map { .text($0.target) },
            ])
        }
        let levels = tallies.map { t in
            Value.Entry(
                t.level.rawValue,
                [
                    "all": .number(t.all), "cases": .number(t[.cases]), "vectors": .number(t[.vectors]),
                    "planned": .number(t[.planned]), "untestable": .number(t[.untestable]),
                    "uncovered": .number(t[.uncovered]),
                ])
        }
        out.append(.map([.init("event", "summary")] + levels + [.init("exit", Value(Int64(exit)))]))
        return out
    }
}
