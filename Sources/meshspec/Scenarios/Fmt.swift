import Glibc
import Report
import Scenario

extension Command {
    static let fmt = Command(
        name: "fmt", summary: "bring scenario files into the common form", operands: "FILE or FOLDER ...",
        options: [Option("--check", "change nothing, list the files that would change")],
        examples: [
            ("meshspec fmt my-case.yaml", "rewrites the file"),
            ("meshspec fmt --check Spec", "for CI: fails when a file is not in the common form"),
        ],
        notes:
            "Exit status: 0 done, 1 with --check: some would change, 3 a file is invalid, 4 cannot be read or written."
    ) { invocation throws(UsageError) in
        guard !invocation.operands.isEmpty else { throw UsageError("which files?") }
        var status = ExitCode.good
        for path in invocation.operands {
            for one in Formatting.run(path, isCheck: invocation.has("--check")) { status = max(status, one) }
        }
        return status
    }
}

/// `fmt` of one operand.
enum Formatting {
    /// The exit status of each file.
    static func run(_ path: String, isCheck: Bool) -> [Int32] {
        switch Files.kind(path) {
        case .file: return [file(path, isCheck: isCheck)]
        case .folder:
            do throws(Files.Failure) {
                return try Files.scenarios(in: path).map { file($0, isCheck: isCheck) }
            } catch {
                Console.error("meshspec fmt: \(error)")
            }
        case .none: Console.error("meshspec fmt: no such file: \(path)")
        }
        return [ExitCode.environment]
    }
    static func file(_ path: String, isCheck: Bool) -> Int32 {
        do {
            let source = try Files.source(path)
            let (text, diagnostics) = Formatter.format(source)
            guard let text else {
                for d in diagnostics { Console.write(d.rendered(source), to: 2) }
                return ExitCode.invalid
            }
            let bytes = Array(text.utf8)
            if bytes == source.bytes { return ExitCode.good }
            if isCheck {
                let written = Console.print(path)
                return written == ExitCode.good ? ExitCode.failed : written
            }
            // The file itself is meant, also where the name is a link.
            if let why = Files.write(bytes, to: Files.real(path), syncs: true) {
                Console.error("meshspec fmt: cannot write \(Printable.text(path)): \(why)")
                return ExitCode.environment
            }
            Console.error("formatted \(path)")
            return ExitCode.good
        } catch {
            Console.error("meshspec fmt: \(error)")
            return ExitCode.environment
        }
    }
}
