import EmbeddedFiles
import Glibc
import Testing

@testable import meshspec

/// The program without its sources: its embedded files, and the files that `install` adds.
@Suite struct InstallTests {
    let folder: Folder
    init() throws { folder = try Folder() }

    @Test func embeddedFilesAreThoseOfTheSources() throws {
        var paths: [String] = []
        func collect(_ path: String) throws {
            for name in try Files.names(Shell.package + "/" + path) where name != "__pycache__" {
                let below = path + "/" + name
                if Files.kind(Shell.package + "/" + below) == .folder {
                    try collect(below)
                } else {
                    paths.append(below)
                }
            }
        }
        for folder in ["Spec", "Vectors"] { try collect(folder) }
        // The order of a path by its components differs from the order of the whole text, for example for `a/b` and
        // `a.b`.
        #expect(EmbeddedFiles.own.paths == paths.sorted(), "a build that was planned before: touch Package.swift")
        let old = try paths.filter { try EmbeddedFiles.own[$0] != Files.read(Shell.package + "/" + $0) }
        #expect(old.isEmpty, "a build that was planned before: touch Package.swift")
    }
    @Test func pathsOfEmbeddedFiles() throws {
        let root = Files.embeddedRoot
        #expect(Files.kind(root + "/Spec") == .folder && Files.kind(root + "/Spec/") == .folder)
        #expect(Files.kind(root + "/Spec/nano/scenarios/../requirements.yaml") == .file)
        #expect(Files.kind(root + "/Spe") == .none && Files.kind(root + "/Spec/nan") == .none)
        #expect(Files.isRegular(root + "/Spec/README.md") && !Files.isRegular(root + "/Spec"))
        #expect(try Files.names(root + "/Spec") == Files.names(Shell.package + "/Spec"))
        #expect(throws: Files.Failure.self) { try Files.read(root + "/Spec/none.yaml") }
        #expect(throws: Files.Failure.self) { try Files.names(root + "/none") }
    }
    /// Returns a command that runs a copy of the program in a folder without other files.
    private func copy() throws -> String {
        let r = try Shell.run("cp \"$(command -v meshspec)\" '\(folder.path)/carried'")
        try #require(r.status == 0, "\(r.err)")
        return "cd '\(folder.path)' && ./carried"
    }
    @Test func copiedProgramNeedsNoFolder() throws {
        let carried = try copy()
        let run = try Shell.run(carried + " run --simulate nano.handshake.v2-query websocket.close -q")
        #expect(run.status == 0 && (run.out + run.err).contains("5 pass"), "\(run.err)")
        let failed = try Shell.run(
            carried + " run --simulate nano.handshake.v2-signature --bug signs-without-genesis")
        #expect(failed.status == 1 && failed.out.contains("  meshspec:/Spec/nano/scenarios/"), "\(failed.out)")
        let covered = try Shell.run(carried + " coverage -k NANO-99")
        #expect(covered.status == 0 && !covered.err.contains("no vectors"), "\(covered.err)")
        // A folder in the working directory has priority.
        _ = try Shell.run("mkdir '\(folder.path)/Spec'")
        #expect(try Shell.run(carried + " run --simulate nano.handshake.v2-query").status != 0)
    }
    @Test func installs() throws {
        let r = try Shell.run("meshspec install --prefix '\(folder.path)/usr'")
        #expect(r.status == 0 && r.out.hasPrefix("\(folder.path)/usr/bin/meshspec\n"), "\(r.err)")
        #expect(r.err.contains("is not on the PATH"))
        let named = try Shell.run("meshspec install --prefix '\(folder.path)/usr/' --dry-run").lines
        let there = try Shell.run("find '\(folder.path)/usr' -type f").lines
        #expect(named.sorted() == there.sorted() && there.count > 1000)
        #expect(try Shell.run("cmp \"$(command -v meshspec)\" '\(folder.path)/usr/bin/meshspec'").status == 0)
        // The installed program can install itself again.
        let again = try Shell.run("PATH='\(folder.path)/usr/bin' meshspec install --prefix '\(folder.path)/usr'")
        #expect(again.status == 0 && again.err.isEmpty, "\(again.err)")
        #expect(try Shell.run("'\(folder.path)/usr/bin/meshspec' --version").status == 0)
    }
    @Test func cannotInstall() throws {
        _ = try folder.write("file", "")
        let r = try Shell.run("meshspec install --prefix '\(folder.path)/file'")
        #expect(r.failed(.cannotWrite, "\(folder.path)/file/share/") && r.out.isEmpty, "\(r.err)")
    }
    /// Returns the completions of bash for a command line whose last word is incomplete.
    private func offered(_ words: String) throws -> [String] {
        try Shell.run(
            """
            bash -c 'eval "$(meshspec completion bash)"; COMP_WORDS=(\(words)); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _meshspec; printf "%s\\n" "${COMPREPLY[@]}"'
            """
        ).lines
    }
    @Test func completionOfBash() throws {
        #expect(try offered("meshspec deco") == ["decode"])
        #expect(try offered("meshspec help cov") == ["coverage"])
        #expect(try offered("meshspec run --sim") == ["--simulate"])
        #expect(try offered("meshspec list --simulate").isEmpty)
        // A value of an option, and an operand, may be a file.
        #expect(try offered("meshspec run --caps Pack") == ["Package.swift"])
        #expect(try offered("meshspec run Pack") == ["Package.swift"])
        #expect(try offered("meshspec \"\"").count >= Meshspec.commands.count)
    }
    /// Checks the scripts with the installed shells.
    @Test(arguments: Completion.allCases) func completionIsAScript(_ shell: Completion) throws {
        let r = try Shell.run("command -v \(shell) || exit 0; meshspec completion \(shell) | \(shell) -n")
        #expect(r.status == 0 && r.err.isEmpty, "\(r.err)")
        let script = shell.script(Meshspec.commands)
        for c in Meshspec.commands { #expect(script.contains(c.name)) }
    }
    /// groff warns of unknown requests.
    @Test func manualPages() throws {
        let pages = [nil] + Meshspec.commands.map(Optional.some)
        for command in pages {
            let r = try Shell.run(
                "meshspec man \(command?.name ?? "") | tee '\(folder.path)/page' | grep -c '^\\.TH'; "
                    + "command -v groff >/dev/null || exit 0; groff -man -Tutf8 -P-cbou -ww -z '\(folder.path)/page'")
            #expect(r.status == 0 && r.out == "1\n" && r.err.isEmpty, "\(command?.name ?? ""): \(r.err)")
        }
        // The manual page has all options of `--help`, character by character.
        let run = try Shell.run("meshspec man run | groff -man -Tutf8 -P-cbou -rLL=2000n").out
        for o in Command.run.options { #expect(run.contains(o.names[0]) && run.contains(o.summary), "\(o.names[0])") }
    }
}
