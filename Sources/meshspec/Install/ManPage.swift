import Report

/// Manual pages in the language of man(7), generated from the commands.
enum ManPage {
    /// Returns the name of the page of a command without the section, in the style of git. Nil means the page of the
    /// whole program.
    static func name(_ command: Command?) -> String { "meshspec" + (command.map { "-" + $0.name } ?? "") }

    /// Returns the page that lists all commands.
    static func overview(_ commands: [Command], version: String) -> String {
        var out = head(nil, "conformance tests and packet decoding for mesh protocols", version)
        out += section("SYNOPSIS") + ".B meshspec\n.I COMMAND\n[\\fIOPTIONS\\fR]\n"
        out += section("COMMANDS")
        for c in commands { out += ".TP\n\\fBmeshspec\\-\(escaped(c.name))\\fR(1)\n\(line(c.summary)).\n" }
        out += section("FILES")
        out += ".TP\n.I Spec\n"
        out += line(
            "The specifications: requirements, scenarios and fragments of each protocol. They are inside the program; a folder of"
        )
        out += line("this name in the working folder or beside the program, --spec and MESHSPEC_SPEC take precedence.")
        out += section("ENVIRONMENT")
        out += ".TP\n.B MESHSPEC_SPEC\n" + line("Folder of the specifications.")
        out += ".TP\n.B NO_COLOR\n" + line("Without colour, as `--color never`.")
        out += section("EXIT STATUS") + exits
        for topic in HelpTopic.all { out += section(topic.name.uppercased()) + ".nf\n" + line(topic.text) + ".fi\n" }
        out +=
            section("SEE ALSO") + commands.map { "\\fBmeshspec\\-\(escaped($0.name))\\fR(1)" }.joined(separator: ",\n")
            + "\n"
        return out
    }
    /// Returns the page of a command.
    static func text(_ command: Command, version: String) -> String {
        var out = head(command, command.summary, version)
        out += section("SYNOPSIS") + ".B meshspec \(escaped(command.name))\n[\\fIOPTIONS\\fR]"
        out += command.operands.isEmpty ? "\n" : " \\fI\(escaped(command.operands))\\fR\n"
        out += section("OPTIONS")
        for option in command.options + [.help] {
            let names = option.names.reversed().map { "\\fB\(escaped($0))\\fR" }.joined(separator: ", ")
            out +=
                ".TP\n" + names + (option.value.map { " \\fI\(escaped($0))\\fR" } ?? "") + "\n" + line(option.summary)
        }
        out += section("EXAMPLES")
        for example in command.examples { out += ".TP\n.B \(escaped(example.line))\n" + line(example.purpose) }
        if !command.notes.isEmpty { out += section("NOTES") + ".nf\n" + line(command.notes) + ".fi\n" }
        return out + section("SEE ALSO") + ".BR meshspec (1)\n"
    }
    private static let exits = ExitCode.meanings.map { ".TP\n.B \($0.status)\n" + line($0.meaning) }.joined()
    private static func head(_ command: Command?, _ summary: String, _ version: String) -> String {
        let name = escaped(name(command))
        return ".TH \(name.uppercased()) 1 \"\" \"meshspec \(version)\"\n" + section("NAME") + "\(name) \\- "
            + line(summary)
    }
    private static func section(_ name: String) -> String { ".SH \(name)\n" }
    /// Returns text of one or more lines, each with its line feed.
    private static func line(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            // The formatter would take such a line for a request.
            (line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" : "") + escaped(String(line)) + "\n"
        }.joined()
    }
    /// Escapes the characters that have a meaning for the formatter.
    private static func escaped(_ text: String) -> String {
        var out = ""
        for c in text.unicodeScalars {
            switch c {
            case "\\": out += "\\e"
            case "-": out += "\\-"
            case "`": out += "\\(ga"
            case "'": out += "\\(aq"
            case "^": out += "\\(ha"
            case "~": out += "\\(ti"
            default: out.unicodeScalars.append(c)
            }
        }
        return out
    }
}
