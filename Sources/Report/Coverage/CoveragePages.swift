internal import Node
internal import Scenario
public import Wire

extension Coverage.Entry {
    /// What a passive observer tells of it, or why nothing.
    var passiveObserver: String? {
        observed.map { "\($0.severity.rawValue) at \($0.seen)" }
            ?? requirement.unobservable.map { "none, for \($0.reason)" }
    }
}

extension Coverage {
    /// For people: by level, the summary last.
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
            let text = "covered by nothing, and the entry does not say why: \(open.joined(separator: " "))"
            out += style.fold(text).map { style.paint($0, .bad) }
        }
        if !entries.isEmpty { out += style.fold(observedText) }
        return out + style.fold(summary).map { style.paint($0, open.isEmpty ? .good : .bad) }
    }
    /// `MUST 41/54 covered ...   SHOULD ...`
    var summary: String { entries.isEmpty ? "no requirement" : tallies.map(\.text).joined(separator: "   ") }

    private func lines(_ e: Entry, _ style: Style) -> [String] {
        let r = e.requirement
        // Marks without a run behind them would say too much.
        let blank = Style.pad("", style.hasUnicode ? 1 : 4)
        let mark = e.state == .uncovered ? Verdict.fail.paddedMark(style) : e.verdict?.paddedMark(style) ?? blank
        let indent = style.hasUnicode ? "      " : "         "
        let state = e.state == .uncovered ? style.paint("UNCOVERED", .bad) : e.state.word
        var out = ["  \(mark) \(style.paint(style.safe(r.id), .strong))"]
        // On a narrow terminal the id has a line of its own.
        if style.width < 40 { out.append(indent + state) } else { out[0] += "  \(state)" }
        if !e.cases.isEmpty {
            if style.width < 40 {
                out.append(indent + Self.last(e, style))
            } else {
                out[0] += "  " + Self.last(e, style)
            }
        }
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
        if case .untestable(let why) = e.state { add("untestable: \(why)") }
        if let text = e.passiveObserver { add("monitor: \(text)") }
        return out
    }
    /// `pass 2026-01-02, reference node`, or that none of its cases ever ran.
    private static func last(_ e: Entry, _ style: Style) -> String {
        guard let v = e.verdict else { return "never run" }
        let day = e.seen.map { " \(style.safe(String($0.at.prefix(10))))" } ?? ""
        return v.rawValue + (day == " " ? "" : day)
    }
    private static func some(_ names: [String], _ n: Int) -> String {
        names.prefix(n).joined(separator: " ") + (names.count > n ? " and \(names.count - n) more" : "")
    }

    /// For a page of a project: a table.
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
                case .untestable(let why): proof = "untestable: \(why)"
                case .planned: proof = "planned"
                case .uncovered: proof = "UNCOVERED"
                }
                let verdict = e.cases.isEmpty ? "" : Self.last(e, Style(hasColour: false))
                let mutants = hasMutants ? [e.mutants?.text ?? ""] : []
                let cells = [r.id, r.text + quote, proof, verdict] + mutants + [e.passiveObserver ?? "", r.source]
                out += "| \(cells.map(Self.cell).joined(separator: " | ")) |\n"
            }
        }
        return out
    }
    /// Text that a table, and whoever renders it, takes for nothing but text.
    private static func cell(_ s: String) -> String {
        var out = ""
        for c in Printable.text(s).unicodeScalars {
            switch c {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\\", "|", "`", "*", "_", "[", "]", "#", "~", "!": out += "\\" + String(c)
            default: out.unicodeScalars.append(c)
            }
        }
        return out
    }

    /// For programs: an event for each requirement, the summary last. `exit`: status of the command.
    public func events(exit: Int32) -> [Value] {
        func texts(_ list: [String]) -> Value { .list(list.map { .text($0) }) }
        var out: [Value] = entries.map { e in
            let r = e.requirement
            var members: [Value.Entry] = [
                .init("event", "requirement"), .init("id", .text(r.id)), .init("protocol", .text(e.protocolName)),
                .init("level", .text(r.level.rawValue)), .init("kind", .text(r.kind)), .init("text", .text(r.text)),
                .init("quote", .text(r.quote)), .init("source", .text(r.source)), .init("state", .text(e.state.word)),
                .init("cases", texts(e.cases)), .init("vectors", texts(e.vectors)),
            ]
            if case .untestable(let why) = e.state { members.append(.init("untestable", .text(why))) }
            if let o = e.observed {
                members.append(.init("observed", .text(o.severity.rawValue)))
                members.append(.init("seen", .text(o.seen)))
            }
            if let why = r.unobservable { members.append(.init("unobservable", .text(why.rawValue))) }
            if r.isPlanned { members.append(.init("planned", true)) }
            if let v = e.verdict { members.append(.init("verdict", .text(v.rawValue))) }
            if let m = e.mutants { members.append(.init("mutants", m.value)) }
            if let seen = e.seen {
                if !seen.at.isEmpty { members.append(.init("at", .text(seen.at))) }
                members.append(.init("target", .text(seen.target)))
            }
            return .map(members)
        }
        let levels = tallies.map { t in
            Value.Entry(
                t.level.rawValue,
                [
                    "all": .uint(UInt64(t.all)), "cases": .uint(UInt64(t.cases)), "vectors": .uint(UInt64(t.vectors)),
                    "planned": .uint(UInt64(t.planned)), "untestable": .uint(UInt64(t.untestable)),
                    "uncovered": .uint(UInt64(t.uncovered)),
                ])
        }
        out.append(.map([.init("event", "summary")] + levels + [.init("exit", .int(Int64(exit)))]))
        return out
    }
}
