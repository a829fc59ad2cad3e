import Glibc
import Report
import Scenario

/// The entry point of the program. It finds the command, runs it, and exits with its status.
@main
struct Meshspec {
    static let commands: [Command] =
        [
            .run, .list, .show, .explain, .check, .fmt, .schema, .`init`, .node, .decode, .stats, .split, .merge,
            .follow, .flow, .view, .capture,
            .extcap,
            .record, .replay, .wireshark, .report, .diff,
            .coverage, .mutate, .cost, .simulate, .vectors, .install, .completion, .man,
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
        return status(commands.contains { $0.name == first } ? first : "") {
            switch first {
            case "--version", "-V": return try Console.print("meshspec \(Version.current)")
            case "--help", "-h": return try Console.print(overview)
            case "help":
                guard let name = arguments.dropFirst().first else { return try Console.print(overview) }
                if let topic = HelpTopic.named(name) { return try Console.print(Help.text(topic)) }
                return try Console.print(Help.text(command(name)))
            default: break
            }
            let command = try command(first)
            let invocation = try Invocation(command, Array(arguments.dropFirst()))
            if invocation.has(.help) { return try Console.print(Help.text(command)) }
            return try command.body(invocation)
        }
    }
    /// Runs a part of a command, prints its error, and returns the exit status. `command` is read only for an error, because
    /// the list of all commands takes longer to make than a short command runs.
    static func status(_ command: @autoclosure () -> String, _ body: () throws -> Int32) -> Int32 {
        do {
            return try body()
        } catch {
            let failure = CommandError(error)
            Console.report(failure, command())
            return failure.status
        }
    }
    static var overview: String { Help.overview(commands, HelpTopic.all, version: Version.current) }
    private static func command(_ name: String) throws(CommandError) -> Command {
        if let known = commands.first(where: { $0.name == name }) { return known }
        if name == "bench" {
            throw CommandError(
                .unknownCommand, "benchmarks are a separate program",
                remedy: "run `swift run -c release meshspec-bench`")
        }
        throw CommandError(
            .unknownCommand, no: "command", called: name, of: commands.map(\.name),
            remedy: "`meshspec --help` lists the commands")
    }
}
