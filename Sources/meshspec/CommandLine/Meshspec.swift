import Glibc
import Report
import Scenario

/// The program: finds the command, runs it, ends with its status.
@main
struct Meshspec {
    static let commands: [Command] =
        [
            .run, .list, .show, .explain, .check, .fmt, .schema, .`init`, .node, .decode, .stats, .follow, .flow,
            .capture,
            .extcap,
            .record, .replay, .report, .diff,
            .coverage, .mutate, .cost, .simulate,
        ] + Command.asking

    static func main() {
        Console.keepDescriptors()
        Console.expectLackOfMemory()
        signal(SIGPIPE, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        let isExtcap = Extcap.isCall(CommandLine.arguments.first ?? "", arguments)
        exit(run(isExtcap ? ["extcap"] + arguments : arguments))
    }
    static func run(_ arguments: [String]) -> Int32 {
        guard let first = arguments.first else {
            Console.error(overview)
            return ExitCode.usage
        }
        switch first {
        case "--version", "-V": return Console.print("meshspec \(Version.current)")
        case "--help", "-h": return Console.print(overview)
        case "help":
            guard let name = arguments.dropFirst().first else { return Console.print(overview) }
            guard let command = commands.first(where: { $0.name == name }) else { return unknown(name) }
            return Console.print(Help.text(command))
        default: break
        }
        guard let command = commands.first(where: { $0.name == first }) else { return unknown(first) }
        do throws(UsageError) {
            let invocation = try Invocation(command, Array(arguments.dropFirst()))
            if invocation.has("--help") { return Console.print(Help.text(command)) }
            return try command.body(invocation)
        } catch {
            Console.error(
                "meshspec \(command.name): \(Printable.text(error.message))\n"
                    + (error.excerpt.isEmpty ? "" : error.excerpt + "\n") + "Try `meshspec \(command.name) --help`.")
            return ExitCode.usage
        }
    }
    static var overview: String { Help.overview(commands, version: Version.current) }
    static func unknown(_ name: String) -> Int32 {
        if name == "bench" {
            Console.error("meshspec: benchmarks are a program of their own: swift run -c release meshspec-bench")
            return ExitCode.usage
        }
        let near = Suggestion.nearest(name, commands.map(\.name))
        Console.error("meshspec: no command is called `\(Printable.text(name))`\(near)\n`meshspec --help` lists them.")
        return ExitCode.usage
    }
}
