import Glibc
import Report
import Scenario

extension Command {
    static let fmt = Command(
        name: "fmt", summary: "rewrite scenario files in the common form", operands: "FILE or FOLDER ...",
        options: [Option(.check, "change nothing, list the files that would change")],
        examples: [
            ("meshspec fmt my-case.yaml", "rewrites the file"),
            ("meshspec fmt --check Spec", "for CI: fails when a file is not in the common form"),
        ],
        notes:
            "Exit status: 0 done, 1 with --check: some would change, 3 a file is invalid, 4 cannot be read or written."
    ) { invocation in
        guard !invocation.operands.isEmpty else { throw CommandError(.missingArgument, "which files?") }
        let isCheck = invocation.has(.check)
        return invocation.operands.map { path in
            Meshspec.status("fmt") {
                switch Files.kind(path) {
                case .file: return try format(path, isCheck: isCheck)
                case .folder:
                    return try Files.scenarios(in: path).map { file in
                        Meshspec.status("fmt") { try format(file, isCheck: isCheck) }
                    }.max() ?? ExitCode.good
                case .none: throw CommandError.noFile(path)
                }
            }
        }.max() ?? ExitCode.good
    }
    private static func format(_ path: String, isCheck: Bool) throws -> Int32 {
        let source = try Files.source(path)
        let (text, diagnostics) = Formatter.format(source)
        guard let text else {
            for d in diagnostics { Console.write(d.rendered(source), to: 2) }
            return ExitCode.invalid
        }
        let bytes = Array(text.utf8)
        if bytes == source.bytes { return ExitCode.good }
        if isCheck {
            try Console.print(path)
            return ExitCode.failed
        }
        // Rewrite the target of a symbolic link, not the link.
        if let why = Files.write(bytes, to: Files.real(path), syncs: true) {
            throw CommandError.unwritten(path, why)
        }
        Console.error("formatted \(path)")
        return ExitCode.good
    }
}
