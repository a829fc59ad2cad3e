/// Help texts, made from the commands.
enum Help {
    static func overview(_ commands: [Command], version: String) -> String {
        let width = commands.map(\.name.count).max() ?? 0
        let list = commands.map { "  " + Suggestion.pad($0.name, width) + "  " + $0.summary }.joined(separator: "\n")
        return """
            meshspec \(version): conformance tests and packet decoding for mesh protocols

            Usage: meshspec COMMAND [OPTIONS]

            Commands:
            \(list)

            Examples:
              meshspec run                               the built-in suite against the built-in reference nodes
              meshspec run --target 127.0.0.1:7075       the same against a node of yours
              meshspec decode capture.pcap               messages of a capture
              meshspec explain NANO-18                   what a requirement says and which cases prove it

            `meshspec COMMAND --help` tells more.
            """
    }
    static func text(_ c: Command) -> String {
        let names = (c.options + [.help]).map { o in
            // -k, --select EXPR; those without a short form stand below the long ones.
            (o.names.count > 1 ? o.names.reversed().joined(separator: ", ") : "    " + o.names[0])
                + (o.value.map { " " + $0 } ?? "")
        }
        let width = min(30, names.map(\.count).max() ?? 0)
        let options = zip(names, c.options + [.help]).map { name, o in
            "  " + Suggestion.pad(name, width) + "  " + o.summary
        }
        let column = min(64, c.examples.map { $0.line.count }.max() ?? 0)
        let lines = c.examples.map { "  " + Suggestion.pad($0.line, column) + "  " + $0.purpose }
        let operands = c.operands.isEmpty ? "" : " " + c.operands
        var out = "meshspec \(c.name): \(c.summary)\n\nUsage: meshspec \(c.name) [OPTIONS]\(operands)\n\nOptions:\n"
        out += options.joined(separator: "\n")
        out += "\n\nExamples:\n"
        out += lines.joined(separator: "\n")
        if !c.notes.isEmpty { out += "\n\n" + c.notes }
        return out
    }
}
