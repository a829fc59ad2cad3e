import Glibc
import Scenario

/// The program: finds the command, runs it, ends with its status.
@main
struct Meshspec {
    static let version = "0.1.0"
    static let commands: [Command] = [
        .run, .list, .show, .explain, .check, .fmt, .schema, .`init`, .node, .decode, .stats, .bench,
    ]

    static func main() {
        signal(SIGPIPE, SIG_IGN)
        exit(run(Array(CommandLine.arguments.dropFirst())))
    }
    static func run(_ arguments: [String]) -> Int32 {
        guard let first = arguments.first else {
            Console.error(Help.overview)
            return ExitCode.usage
        }
        switch first {
        case "--version", "-V": return Console.print("meshspec \(version)")
        case "--help", "-h": return Console.print(Help.overview)
        case "help":
            guard let name = arguments.dropFirst().first else { return Console.print(Help.overview) }
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
                "meshspec \(command.name): \(Printable.text(error.message))\nTry `meshspec \(command.name) --help`.")
            return ExitCode.usage
        }
    }
    static func unknown(_ name: String) -> Int32 {
        let near = Help.nearest(name, commands.map(\.name))
        Console.error("meshspec: no command is called `\(Printable.text(name))`\(near)\n`meshspec --help` lists them.")
        return ExitCode.usage
    }
}

/// Exit statuses, constant per kind of outcome. Documented in README.md and tested.
enum ExitCode {
    static let good: Int32 = 0
    /// A conformance failure; for decode and stats: read, but damaged.
    static let failed: Int32 = 1
    static let usage: Int32 = 2
    /// A scenario, target or requirement file is invalid.
    static let invalid: Int32 = 3
    /// The harness or its environment: cannot connect, cannot read, cannot listen.
    static let environment: Int32 = 4
    static let nothingMatched: Int32 = 5
    static let inconclusive: Int32 = 6
}
