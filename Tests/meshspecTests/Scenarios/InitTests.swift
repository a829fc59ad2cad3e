import Glibc
import Node
import Scenario
import Testing

@testable import meshspec

/// The loaders read the files that `meshspec init` writes.
struct InitTests {
    static let spec = AuditTests.spec

    /// A temporary folder that is removed after the test.
    final class Folder {
        let path: String
        init() throws {
            var template = Array("\(P_tmpdir)/meshspec-init-XXXXXX".utf8CString)
            path = String(cString: try #require(mkdtemp(&template)))
        }
        deinit { Self.remove(path) }
        static func remove(_ path: String) {
            if let dir = opendir(path) {
                while let entry = readdir(dir) {
                    let name = withUnsafeBytes(of: entry.pointee.d_name) { p in
                        String(decoding: p.prefix { $0 != 0 }, as: UTF8.self)
                    }
                    if name != ".", name != ".." { remove(path + "/" + name) }
                }
                closedir(dir)
            }
            Glibc.remove(path)
        }
        func text(_ name: String) throws -> String {
            String(decoding: try Files.read(path + "/" + name), as: UTF8.self)
        }
    }
    func target(_ text: String, _ folder: String) throws -> (Target?, [String]) {
        let suite = try Suite(Self.spec)
        let source = SourceFile(name: folder + "/target.yaml", bytes: Array(text.utf8))
        let (made, problems) = Target.load(source, suite.library, folder: folder)
        return (made, problems.map { $0.rendered(source) })
    }
    func yaml(_ text: String) throws -> YAMLNode {
        let (root, problems) = YAMLTree.read(SourceFile(name: "ci", bytes: Array(text.utf8)))
        #expect(problems.isEmpty)
        return try #require(root)
    }
    /// Returns all scalars below a node.
    func scalars(_ n: YAMLNode) -> [String] {
        switch n.content {
        case .scalar(let s, _): [s]
        case .sequence(let items): items.flatMap(scalars)
        case .mapping(let members): members.flatMap { [$0.key] + scalars($0.value) }
        }
    }

    @Test(arguments: [nil, "127.0.0.1:7075", "[::1]:44000"]) func loads(_ address: String?) throws {
        let folder = try Folder()
        let option = address.map { ["--target", $0] } ?? []
        #expect(Meshspec.run(["init", folder.path] + option) == 0)
        let text = try folder.text("target.yaml")
        let (made, problems) = try target(text, folder.path)
        #expect(problems == [])
        let definition = Definition.named("nano")
        #expect(made?.capabilities.declared == Set(definition?.configuration.capabilities.map(\.name) ?? []))
        #expect(made?.capabilities.lacks == [])
        #expect(made?.address == address ?? "127.0.0.1:{port}")
        #expect(made?.control["start"] == nil || address == nil)
        // No node answers there, so the run finds the values. The port number does not imply any.
        #expect(made?.settings["network"] == "dev" && made?.given.contains("network") == (address == nil))
        // Nano has one kind of node, and its nodes do not know others by name.
        for key in Target.keys where !["kind", "identity", "told"].contains(key.name) {
            #expect(text.contains("\n## \(key.name): \(key.summary)\n"), "\(key.name) is not explained")
            #expect(text.contains("\n\(key.name):") || text.contains("\n#\(key.name):"), "\(key.name) has no example")
        }
        let caps = try folder.text("nano.caps.yaml")
        for c in definition?.configuration.capabilities ?? [] { #expect(caps.contains("# \(c.summary)\n")) }
        #expect(Meshspec.run(["run", "-t", folder.path + "/target.yaml", "--dry-run", "--spec", Self.spec]) == 0)
    }
    /// Each example is valid at its place.
    @Test(arguments: [nil, "127.0.0.1:7075"]) func examples(_ address: String?) throws {
        let folder = try Folder()
        #expect(Meshspec.run(["init", folder.path] + (address.map { ["--target", $0] } ?? [])) == 0)
        let lines = try folder.text("target.yaml").split(separator: "\n").map { line in
            line.hasPrefix("#") && !line.hasPrefix("##") ? line.dropFirst() : line
        }
        let (made, problems) = try target(lines.joined(separator: "\n"), folder.path)
        #expect(problems == [])
        #expect(made?.environment == ["LOG_LEVEL": "debug"])
        #expect(made?.ready == "test -e node.pid")
        #expect(made?.addresses.isEmpty == false)
        #expect(made?.listen == "127.0.0.1:0")
        #expect(made?.control.keys.sorted() == ["dial", "start"])
    }
    @Test(arguments: [".github/workflows/meshspec.yml", ".gitlab-ci.yml"]) func pipelines(_ name: String) throws {
        let folder = try Folder()
        #expect(Meshspec.run(["init", folder.path]) == 0)
        let text = try folder.text(name)
        let words = scalars(try yaml(text))
        let commands = words.filter { $0.hasPrefix("meshspec ") }
        #expect(commands.count == 2)
        for c in commands {
            let words = c.split(separator: " ").map(String.init)
            let invocation = try Invocation(.run, Array(words.dropFirst(2)))
            #expect(words[1] == "run")
            #expect(invocation[.target] == "target.yaml")
            _ = try Reports(invocation, isOutputTaken: false)
        }
        // The status of the run is the status of the step: no pipe and no `||` follows it.
        let isGitHub = name.hasPrefix(".github")
        #expect(
            commands.last?.hasSuffix(
                " --report json=\(Starter.results),\(isGitHub ? "github" : "junit=\(Starter.junit)")") == true)
        let kept = words.flatMap { $0.split(separator: "\n").map(String.init) }
        #expect(kept.contains(Starter.results), "the results are not kept")
        #expect(kept.contains(EvidenceOption.preset), "the evidence is not kept")
        #expect(isGitHub || kept.contains(Starter.junit))
        #expect(words.contains("always()") || words.contains("always"))
        #expect(!text.contains("://"))
        #expect(text.contains(isGitHub ? " v\(Version.current) " : "meshspec \(Version.current)."))
        // If the variable is not set, the message names it.
        #expect(text.contains(isGitHub ? "${MESHSPEC_REPOSITORY:?" : "${MESHSPEC_DEB:?"))
    }
    /// Existing commands start the placeholder node.
    @Test func commands() throws {
        let folder = try Folder()
        #expect(Meshspec.run(["init", folder.path, "--protocol", "nano"]) == 0)
        let (made, _) = try target(try folder.text("target.yaml"), folder.path)
        for (control, option) in [("start", .listen), ("dial", .connect)] as [(String, OptionName)] {
            let words = (made?.control[control] ?? "").split(separator: " ").map(String.init)
            #expect(words.prefix(3) == ["exec", "meshspec", "node"])
            let invocation = try Invocation(.node, Array(words.dropFirst(3)))
            #expect(invocation.operands == ["nano"])
            #expect(invocation[option] == "{address}")
            let settings = try Definition.named("nano")?.settings(
                profile: invocation[.profile], try invocation.pairs(.param))
            #expect(settings != nil && settings == made?.settings)
        }
    }
    @Test func overwritesNothing() throws {
        let folder = try Folder()
        let mine = folder.path + "/nano.caps.yaml"
        #expect(Files.write(Array("mine".utf8), to: mine) == nil)
        #expect(Meshspec.run(["init", folder.path]) == 2)
        #expect(try folder.text("nano.caps.yaml") == "mine")
        #expect(Files.kind(folder.path + "/target.yaml") == .none)
        #expect(Meshspec.run(["init", folder.path, "--force"]) == 0)
        #expect(try folder.text("nano.caps.yaml") != "mine")
        #expect(Files.kind(folder.path + "/target.yaml") == .file)
    }
    /// CI systems read the root of a repository. The files of the target may be in a subfolder.
    @Test func pipelinesOfARepository() throws {
        let folder = try Folder()
        #expect(mkdir(folder.path + "/.git", 0o755) == 0)
        let deep = folder.path + "/tests/mesh nodes"
        #expect(Meshspec.run(["init", deep]) == 0)
        #expect(Files.kind(deep + "/target.yaml") == .file && Files.kind(deep + "/.github") == .none)
        let workflow = scalars(try yaml(try folder.text(".github/workflows/meshspec.yml")))
        #expect(workflow.contains("tests/mesh nodes"))
        #expect(workflow.contains { $0.hasPrefix("tests/mesh nodes/\(Starter.results)\n") })
        let pipeline = scalars(try yaml(try folder.text(".gitlab-ci.yml")))
        #expect(pipeline.contains("cd 'tests/mesh nodes'") && pipeline.contains("tests/mesh nodes/\(Starter.junit)"))
        // From inside the root, its relative path is empty.
        let found = try #require(Files.repository(of: deep))
        #expect(found.below == "tests/mesh nodes" && Files.real(found.root) == Files.real(folder.path))
        #expect(try #require(Files.repository(of: folder.path)) == (folder.path, ""))
    }
    /// The existing pipeline of the repository remains.
    @Test func pipelineThatIsThere() throws {
        let folder = try Folder()
        #expect(Files.write(Array("mine".utf8), to: folder.path + "/.gitlab-ci.yml") == nil)
        for option in [[], ["--force"]] {
            #expect(Meshspec.run(["init", folder.path] + option) == 0)
            #expect(try folder.text(".gitlab-ci.yml") == "mine")
            #expect(try folder.text(Starter.gitLabInclude).hasPrefix(Starter.pipelineHead))
        }
    }
    @Test func refused() throws {
        let folder = try Folder()
        let path = folder.path + "/deep/er"
        #expect(Meshspec.run(["init", path, "--protocol", "nanoo"]) == 2)
        #expect(Meshspec.run(["init", path, "--target", "no port"]) == 2)
        #expect(Meshspec.run(["init", path, path]) == 2)
        #expect(Meshspec.run(["init", #filePath]) == 2)
        #expect(Meshspec.run(["init", #filePath + "/x"]) == 4)
        #expect(Files.kind(folder.path + "/deep") == .none)
        #expect(Meshspec.run(["init", path]) == 0)
        #expect(Files.kind(path + "/.github/workflows/meshspec.yml") == .file)
    }
    /// The texts of a node can only become values of the target file, even if they contain YAML or shell syntax.
    @Test(arguments: [
        "x, y: z}\nprotocol: dxos\ncontrol: {start: touch pwned}\n", "$(touch pwned)", "a'; touch pwned; '",
        "\u{1b}]0;\u{7}\u{202e}", "null", "# a", "*a", "- a", "", "\"", "a: b", "[", "true",
    ])
    func textsOfHostileNodeBecomeOnlyValues(_ text: String) throws {
        let definition = try #require(Definition.named("nano"))
        var told = Identification()
        told.parameters = ["network": text]
        told.profiles = [text]
        told.kind = text
        told.remarks = [text]
        let known = try KnownNode(told, at: .loopback(7075), definition, try definition.settings(), NodeClaims())
        let start = Starter(definition: definition, address: "127.0.0.1:7075", known: known)
        let root = try yaml(start.targetFile)
        guard case .mapping(let members) = root.content else {
            Issue.record("no mapping")
            return
        }
        #expect(members.map(\.key).allSatisfy { name in Target.keys.contains { $0.name == name } })
        #expect(root["protocol"].map(scalars) == ["nano"] && root["control"] == nil)
        #expect(root["profile"].map(scalars) == [text])
        #expect(root["parameters"].map(scalars)?.contains(text) == true)
        #expect(!start.targetFile.unicodeScalars.contains { $0 != "\n" && !Printable.isPlain($0) })
        // The command for the user has the text as one word.
        let settings = try definition.settings()
        let error = #expect(throws: ClaimError.self) {
            try KnownNode(told, at: .loopback(7075), definition, settings, NodeClaims(given: ["network"]))
        }
        #expect(error?.remedy == "give -P " + ShellText.word("network=" + text))
    }
    /// Escapes paths in the printed commands and in the pipeline files.
    @Test func escapesHostilePaths() throws {
        let folder = try Folder()
        #expect(mkdir(folder.path + "/.git", 0o755) == 0)
        #expect(Files.write(Array("mine".utf8), to: folder.path + "/.gitlab-ci.yml") == nil)
        let name = "a b; touch pwned\n  evil: 1\u{1b}[31m"
        let out = try Shell.run("meshspec init \(ShellText.word(folder.path + "/" + name)) 2>&1")
        #expect(out.status == 0, "\(out.out)")
        #expect(!out.out.contains("\u{1b}") && !out.out.contains("\n  evil"))
        #expect(out.out.contains("meshspec run -t '\(folder.path)/a b; touch pwned\\u{a}"), "\(out.out)")
        #expect(out.out.contains("include: {local: \"a b; touch pwned\\n"), "\(out.out)")
        let workflow = try yaml(try folder.text(".github/workflows/meshspec.yml"))
        #expect(
            scalars(workflow).contains { $0.hasPrefix(name + "/\(Starter.results)\n") }
                && !scalars(workflow).contains("evil"))
    }
    @Test func quoted() throws {
        for s in ["a", "a\"b", "a\\b", "[::1]:1", "x: y # z", "tab\tnewline\n"] {
            let root = try yaml("k: " + QuotedScalar.text(s))
            #expect(root["k"].map(scalars) == [s])
        }
    }
}

extension Definition {
    static func named(_ name: String) -> Definition? { Registry.definitions.first { $0.name == name } }
}
