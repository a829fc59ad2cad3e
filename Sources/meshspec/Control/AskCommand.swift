import Network
import Node
import Report
import Scenario
import Text
import Wire

extension Command {
    /// The commands `meshspec PROTOCOL WHAT`, one for each protocol whose nodes answer questions.
    static let asking: [Command] = Registry.definitions.filter { !$0.reference.controls.isEmpty }.map { definition in
        Command(
            name: definition.name, summary: "ask a running node of \(definition.title)",
            operands: "WHAT [WORD ...] [NAME=VALUE ...]",
            options: [
                Option(.json, "print the answer as one line of JSON"),
                Option(.control, value: "PATH", "control socket of the node, as given to `node --control`"),
                Option(
                    .node, value: "HOST:PORT",
                    "node that listens there, or process-N for one that does not (default: the only one that runs)"),
                Option(
                    .wait, value: "TIME", "timeout for an answer (default: 10s; 15s for the effect of a command)"),
                Option(.noWait, "do not wait for the effect of a command"),
            ],
            examples: AskCommand.examples(definition), notes: AskCommand.notes(definition)
        ) { invocation in try AskCommand.run(definition, invocation) }
    }
}

/// `meshspec rightmesh` and the commands for other protocols.
enum AskCommand {
    static func run(_ definition: Definition, _ invocation: Invocation) throws -> Int32 {
        let names = definition.reference.controls.map(\.name) + ["dump"]
        guard let name = invocation.operands.first else {
            throw CommandError(
                .missingArgument, "ask what?", remedy: "give \(NearestName.choice(names))")
        }
        let rule = definition.reference.controls.first { $0.name == name }
        guard rule != nil || name == "dump" else {
            throw CommandError(no: "question or command of \(definition.name)", called: name, of: names)
        }
        let arguments = try arguments(rule, Array(invocation.operands.dropFirst()), name)
        // A node may give up a command after 10 s, and then reports that.
        let usual = Duration.seconds(rule?.outcomes.isEmpty ?? true || invocation.has(.noWait) ? 10 : 15)
        let patience = try invocation.duration(.wait, "10s") ?? usual
        var client = try ControlClient(try path(definition, invocation), patience: patience)
        let answer = try client.ask(definition, name, arguments)
        let isJSON = invocation.has(.json)
        guard let rule, !rule.outcomes.isEmpty, !invocation.has(.noWait) else {
            if !isJSON, answer == .null {
                let what = arguments.first.map { " \(AnswerTable.cell($0.value))" } ?? ""
                throw CommandError(
                    .nothingSelected, "the node has no \(rule?.name ?? "answer")\(what)",
                    remedy: "`meshspec \(definition.name) dump` shows its whole state")
            }
            try show(answer, rule, isJSON)
            return answer == .null ? ExitCode.nothingMatched : ExitCode.good
        }
        let outcome = try client.outcome(of: name)
        guard let count = outcome["count"]?.integer else {
            if isJSON { try show(outcome, nil, true) }
            let why = outcome["reason"].map { ": \(AnswerTable.cell($0))" } ?? ""
            let isLate = outcome["timeout"] != nil
            throw isLate
                ? CommandError(.noEffect, "`\(name)` had no effect\(why)")
                : CommandError(.refused, "`\(name)` failed at the node\(why)")
        }
        try show(isJSON ? outcome : AnswerTable.rows(outcome, rule), rule, isJSON)
        return count == 0 ? ExitCode.nothingMatched : ExitCode.good
    }
    private static func show(_ answer: Value, _ rule: NodeControl?, _ isJSON: Bool) throws(CommandError) {
        try Console.print(isJSON: isJSON, answer, AnswerTable.text(answer, columns: rule?.columns ?? []))
    }
    /// Parses the words after a control: its operand, and details in the form NAME=VALUE.
    private static func arguments(
        _ rule: NodeControl?, _ words: [String], _ name: String
    ) throws(CommandError) -> [Value.Entry] {
        var about: [Value] = []
        var out: [Value.Entry] = []
        for word in words {
            if let equals = word.firstIndex(of: "="), equals != word.startIndex {
                let key = String(word[..<equals])
                let known = rule?.details.map(\.name) ?? []
                guard known.contains(key) else {
                    throw CommandError(at: name, no: "argument", called: key, of: known)
                }
                out.append(.init(key, .text(String(word[word.index(after: equals)...]))))
            } else {
                // A list has the same form in target files.
                about += word.split(whereSeparator: { ",[] ".contains($0) }).map { .text(String($0)) }
            }
        }
        switch rule?.operand {
        case nil:
            guard about.isEmpty else { throw CommandError(.extraArgument, at: name, "takes no arguments") }
            return out
        case .one(let key)?:
            guard about.count == 1 else {
                throw CommandError(about.isEmpty ? .missingArgument : .extraArgument, at: name, "needs one \(key)")
            }
            return [.init(key, about[0])] + out
        case .several(let key)?:
            guard !about.isEmpty else { throw CommandError(.missingArgument, at: name, "needs \(key)") }
            return [.init(key, .list(about))] + out
        }
    }
    /// Returns the path of the node's socket.
    private static func path(_ definition: Definition, _ invocation: Invocation) throws -> String {
        if let path = invocation[.control] { return path }
        let name = definition.name
        let running = ControlPath.running(name)
        if let text = invocation[.node] {
            // A node that does not listen has a name in place of an address.
            if let named = running.first(where: { $0.name == text }) { return named.path }
            if text.hasPrefix(ControlPath.unbound) { return ControlPath.socket(name, called: text) }
            return ControlPath.socket(name, try Resolver.resolve(text))
        }
        guard running.count < 2 else {
            throw CommandError(
                .ambiguous, "\(running.count) nodes run here",
                remedy: "choose one with --node: \(running.map(\.name).joined(separator: ", "))",
                status: ExitCode.environment)
        }
        guard let only = running.first else {
            throw CommandError(
                .noNode, "no node with a control socket in \(ControlPath.folder) runs here",
                remedy:
                    "start one with `meshspec node \(name) --listen HOST:PORT`, or give its socket with --control PATH"
            )
        }
        return only.path
    }

    static func examples(_ definition: Definition) -> [(line: String, purpose: String)] {
        definition.reference.controls.prefix(1).map { ("meshspec \(definition.name) \($0.name)", $0.summary) }
            + [("meshspec \(definition.name) dump --json", "the whole state of the node")]
    }
    static func notes(_ definition: Definition) -> String {
        func words(_ rule: NodeControl) -> String {
            let operand =
                switch rule.operand {
                case nil: ""
                case .one(let name)?: " " + name.uppercased()
                case .several(let name)?: " " + name.uppercased() + " ..."
                }
            // Values are left out, so that a line fits a terminal.
            let details = rule.details.map { "\($0.name)=" }.joined(separator: " ")
            return rule.name + operand + (details.isEmpty ? "" : " [\(details)]")
        }
        let rows =
            definition.reference.controls.map { ["  " + words($0), $0.summary] } + [["  dump", "all answers together"]]
        return "What can be asked:\n"
            + TextTable.text(rows)
            + "\n\nAsking changes nothing in a node. Exit status: 0 answered, 2 usage, 4 the node cannot be asked or did not answer,\n"
            + "5 there is no such item, 7 a command had no effect in time."
    }
}

/// Formats the answer of a node as a table for people.
enum AnswerTable {
    /// Returns a list of maps as rows, a map as two columns, and any other value unchanged.
    static func text(_ answer: Value, columns: [String]) -> String {
        switch answer {
        case .list(let items): return table(columns, items)
        case .map(let entries) where columns.isEmpty:
            let names = entries.map { Printable.text($0.key) }
            let width = names.map(\.count).max() ?? 0
            return zip(entries, names).map { e, name in
                if case .list(let items) = e.value { return "\(name): \(items.count)" + rows(items) }
                return Style.pad(name, width) + "  " + cell(e.value)
            }.joined(separator: "\n")
        case .map: return table(columns, [answer])
        default: return cell(answer)
        }
    }
    /// Returns the rows of an outcome: the list under the name of the first column. Without this list, it returns the
    /// outcome itself.
    static func rows(_ outcome: Value, _ rule: NodeControl) -> Value {
        guard let first = rule.columns.first, case .list(let items)? = outcome[first] else { return outcome }
        return .list(items.map { .map([.init(first, $0)]) })
    }
    private static func rows(_ items: [Value]) -> String {
        items.map { "\n  " + cell($0) }.joined()
    }
    private static func table(_ columns: [String], _ items: [Value]) -> String {
        var lines = [columns]
        for item in items {
            guard case .map(let entries) = item else {
                lines.append([cell(item)])
                continue
            }
            let further = entries.filter { !columns.contains($0.key) }.map {
                "\(Printable.text($0.key))=\(cell($0.value))"
            }
            lines.append(
                columns.map { cell(item[$0] ?? .null) } + (further.isEmpty ? [] : [further.joined(separator: "  ")]))
        }
        return TextTable.text(lines)
    }
    /// Returns one value as text, escaped for a terminal; `-` for a missing value.
    static func cell(_ value: Value) -> String {
        switch value {
        case .null: "-"
        case .text(let s): Printable.text(s)
        case .list(let items): items.isEmpty ? "-" : items.map(cell).joined(separator: ",")
        case .map(let entries): entries.map { "\(Printable.text($0.key))=\(cell($0.value))" }.joined(separator: " ")
        default: Printable.text("\(value)")
        }
    }
}
