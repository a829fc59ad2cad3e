import EmbeddedFiles
import Glibc
import Report
import Wire

extension Command {
    static let install = Command(
        name: "install", summary: "install this program, its manual pages and completions", operands: "",
        options: [
            Option(.prefix, value: "DIR", "folder above bin and share (default: /usr/local)"),
            Option(.dryRun, "only print what would be written"),
        ],
        examples: [
            ("meshspec install", "for all users, below /usr/local"),
            ("meshspec install --prefix ~/.local", "for one user; ~/.local/bin has to be on the PATH"),
            ("meshspec install --prefix pkg/usr", "into a folder that becomes a package"),
        ],
        notes: """
            `install` writes bin/meshspec, share/man/man1, completions for bash, zsh and fish, and share/doc/meshspec
            with the specifications and vectors for readers: the program contains its own copies. Existing files are
            replaced.
            Exit status: 0 installed, 2 usage, 4 cannot be written.
            """
    ) { invocation in
        var prefix = invocation[.prefix] ?? "/usr/local"
        while prefix.count > 1, prefix.hasSuffix("/") { prefix.removeLast() }
        guard !prefix.isEmpty else {
            throw CommandError(.badValue, at: .prefix, expected: "the path of a folder", found: prefix)
        }
        return try Installation(prefix: prefix).write(dryRun: invocation.has(.dryRun))
    }
    static let completion = Command(
        name: "completion", summary: "print the script that completes commands and options in a shell",
        operands: "bash|zsh|fish", options: [],
        examples: [
            ("meshspec completion bash > ~/.local/share/bash-completion/completions/meshspec", "for one user"),
            ("meshspec completion fish > ~/.config/fish/completions/meshspec.fish", "the same in fish"),
        ],
        notes: "`meshspec install` puts all three where the shells look for them."
    ) { invocation in
        let names = Completion.allCases.map(\.rawValue)
        guard let name = invocation.operands.first, invocation.operands.count == 1 else {
            throw CommandError(
                .missingArgument, "which shell?", remedy: "give \(NearestName.choice(names))")
        }
        guard let shell = Completion(rawValue: name) else { throw CommandError(no: "shell", called: name, of: names) }
        return try Console.print(Array(shell.script(Meshspec.commands).utf8))
    }
    static let man = Command(
        name: "man", summary: "print a manual page for man(1)", operands: "[COMMAND]", options: [],
        examples: [
            ("meshspec man run > meshspec-run.1", "the page of `meshspec run`; `man -l meshspec-run.1` shows it"),
            ("meshspec man > meshspec.1", "the page of the program"),
        ],
        notes: "`meshspec install` puts all pages where man(1) looks for them."
    ) { invocation in
        guard invocation.operands.count <= 1 else {
            throw CommandError(
                .extraArgument, expected: "one command", found: invocation.operands.joined(separator: " "))
        }
        guard let name = invocation.operands.first else {
            return try Console.print(Array(ManPage.overview(Meshspec.commands, version: Version.current).utf8))
        }
        guard let command = Meshspec.commands.first(where: { $0.name == name }) else {
            throw CommandError(no: "command", called: name, of: Meshspec.commands.map(\.name))
        }
        return try Console.print(Array(ManPage.text(command, version: Version.current).utf8))
    }
}

/// The files that are installed below a prefix.
struct Installation {
    var prefix: String

    /// The text files with their paths below the prefix.
    var texts: [(path: String, text: [UInt8])] {
        let commands = Meshspec.commands
        func page(_ command: Command?, _ text: String) -> (path: String, text: [UInt8]) {
            ("share/man/man1/\(ManPage.name(command)).1", Array(text.utf8))
        }
        var out = [page(nil, ManPage.overview(commands, version: Version.current))]
        out += commands.map { page($0, ManPage.text($0, version: Version.current)) }
        out += Completion.allCases.map { ($0.path, Array($0.script(commands).utf8)) }
        out += EmbeddedFiles.own.paths.map { ("share/doc/meshspec/" + $0, EmbeddedFiles.own[$0] ?? []) }
        return out
    }
    /// Writes all files and prints their places.
    func write(dryRun: Bool) throws -> Int32 {
        let program = prefix + "/bin/meshspec"
        let texts = texts
        if dryRun {
            return try Console.print(([program] + texts.map { prefix + "/" + $0.path }).joined(separator: "\n"))
        }
        for file in texts { try put(prefix + "/" + file.path) { $0.append { $0 += file.text } } }
        // Write the program last, so that an installed program always has its manual.
        try put(program, mode: 0o755) { out throws(CommandError) in
            let own = open("/proc/self/exe", O_RDONLY | O_CLOEXEC)
            guard own >= 0 else { throw CommandError(Files.Failure(path: "/proc/self/exe", code: errno)) }
            defer { close(own) }
            let isRead = Files.chunks(of: own) { chunk in
                out.append { $0 += chunk }
                return out.isOpen
            }
            guard isRead else { throw CommandError(Files.Failure(path: "/proc/self/exe", code: errno)) }
        }
        try Console.print(
            """
            \(program)
            \(prefix)/share/man/man1                     \(Meshspec.commands.count + 1) pages: man meshspec, man meshspec-run, ...
            \(prefix)/share/doc/meshspec                 specifications and vectors
            completions for bash, zsh and fish
            """)
        if let why = searchPathHint { Console.error(why) }
        return ExitCode.good
    }
    /// A hint if the PATH does not have the folder of the program; nil if it does.
    private var searchPathHint: String? {
        let bin = Files.real(prefix + "/bin")
        let folders = (Console.variable("PATH") ?? "").split(separator: ":").map { Files.real(String($0)) }
        return folders.contains(bin) ? nil : "\(bin) is not on the PATH: export PATH=\"\(bin):$PATH\""
    }
    /// Writes a complete file and then gives it its name. So it can replace a running program, which keeps its old
    /// file.
    private func put(
        _ path: String, mode: mode_t = 0o644, _ body: (inout Output) throws(CommandError) -> Void
    ) throws(CommandError) {
        func unwritten(_ why: String) -> CommandError { CommandError.unwritten(path, why) }
        if let why = Files.makeFolder(Files.folder(of: path)) { throw unwritten(why) }
        do {
            let new = try NewFile(path, mode: mode)
            fchmod(new.descriptor, mode)
            var out = Output(new.descriptor)
            try body(&out)
            out.flush()
            if case .failed(let why)? = out.end { throw unwritten(why) }
            try new.finish()
        } catch let error as NewFile.Failure {
            throw unwritten("\(error)")
        } catch {
            throw CommandError(error)
        }
    }
}
