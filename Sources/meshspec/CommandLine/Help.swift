/// Help texts, generated from the commands.
enum Help {
    static func overview(_ commands: [Command], _ topics: [HelpTopic], version: String) -> String {
        let list = TextTable.text(commands.map { ["  " + $0.name, $0.summary] })
        let also = topics.map { "\nRun `meshspec help \($0.name)` to \($0.summary)." }.joined()
        return """
            meshspec \(version): conformance tests and packet decoding for mesh protocols

            Usage: meshspec COMMAND [OPTIONS]

            Commands:
            \(list)

            Examples:
              meshspec run                               the built-in suite against the built-in reference nodes
              meshspec run --target 127.0.0.1:7075       the same suite against your node
              meshspec decode capture.pcap               messages of a capture
              meshspec explain NANO-18                   what a requirement says and which cases prove it

            Run `meshspec COMMAND --help` for the options of a command.\(also)
            """
    }
    static func text(_ topic: HelpTopic) -> String { "meshspec help \(topic.name): \(topic.summary)\n\n\(topic.text)" }
    static func text(_ c: Command) -> String {
        let options = (c.options + [.help]).map { o in
            // "-k, --select EXPR"; an option without a short form is aligned with the long names.
            let names = o.names.count > 1 ? o.names.reversed().joined(separator: ", ") : "    " + o.names[0]
            return ["  " + names + (o.value.map { " " + $0 } ?? ""), o.summary]
        }
        let operands = c.operands.isEmpty ? "" : " " + c.operands
        var out = "meshspec \(c.name): \(c.summary)\n\nUsage: meshspec \(c.name) [OPTIONS]\(operands)\n\nOptions:\n"
        out += TextTable.text(options, widest: 32) + "\n\nExamples:\n"
        out += TextTable.text(c.examples.map { ["  " + $0.line, $0.purpose] }, widest: 66)
        if !c.notes.isEmpty { out += "\n\n" + c.notes }
        return out
    }
}
