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
                Console.print(path)
                return ExitCode.failed
            }
            try Files.replace(path, bytes)
            Console.error("formatted \(path)")
            return ExitCode.good
        } catch {
            Console.error("meshspec fmt: \(error)")
            return ExitCode.environment
        }
    }
}

/// Why a file could not be written.
struct WriteFailure: Error, CustomStringConvertible {
    var path: String
    var code: Int32
    var description: String { "cannot write \(path): \(String(cString: strerror(code)))" }
}

extension Files {
    /// Puts other content in the place of a file: beside it first, so that a failure leaves the old one. Links are
    /// followed, the mode is kept.
    static func replace(_ path: String, _ bytes: [UInt8]) throws(WriteFailure) {
        var target = path
        if let real = realpath(path, nil) {
            target = String(cString: real)
            free(real)
        }
        let temporary = target + ".fmt-\(getpid())"
        var old = stat()
        guard stat(target, &old) == 0 else { throw WriteFailure(path: path, code: errno) }
        let fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, old.st_mode & 0o7777)
        guard fd >= 0 else { throw WriteFailure(path: temporary, code: errno) }
        func fail() -> WriteFailure {
            let code = errno
            close(fd)
            unlink(temporary)
            return WriteFailure(path: temporary, code: code)
        }
        var done = 0
        while done < bytes.count {
            let n = bytes.withUnsafeBytes { Glibc.write(fd, $0.baseAddress?.advanced(by: done), $0.count - done) }
            if n < 0, errno == EINTR { continue }
            guard n > 0 else { throw fail() }
            done += n
        }
        guard fchmod(fd, old.st_mode & 0o7777) == 0, fsync(fd) == 0, rename(temporary, target) == 0 else {
            throw fail()
        }
        close(fd)
    }
}
