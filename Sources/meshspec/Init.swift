import Network
import Node
import Report
import Wire

extension Command {
    static let `init` = Command(
        name: "init", summary: "write a target file, its capabilities and CI snippets to start from", operands: "[DIR]",
        options: [
            Option(
                "--protocol", value: "NAME",
                "the protocol of the node (default: \(Registry.definitions.first?.name ?? ""))"),
            Option(
                "--target", value: "HOST:PORT", "where the node listens; without it our own reference node stands in"),
            Option("--force", "overwrite files that are there"),
        ],
        examples: [
            ("meshspec init", "files in this folder, usually the root of the node's repository"),
            ("meshspec init conformance --target 127.0.0.1:7075", "in a folder, for a node that is running"),
            ("meshspec init --force", "the same again, over what is there"),
        ],
        notes: "Exit status: 0 written, 2 usage or files in the way, 4 cannot be written."
    ) { invocation throws(UsageError) in
        guard invocation.operands.count <= 1 else { throw UsageError("one folder, not \(invocation.operands.count)") }
        let names = Registry.definitions.map(\.name)
        let name = try invocation.word("--protocol", names)
        guard let definition = Registry.definitions.first(where: { $0.name == name }) else {
            throw UsageError("no protocol is called `\(name)`")
        }
        let address = invocation["--target"]
        if let address {
            do throws(NetworkError) { _ = try Resolver.resolve(address) } catch {
                if error.isMalformed { throw UsageError("`--target`: \(error)") }
            }
        }
        let start = Starter(definition, address: address)
        return start.write(to: invocation.operands.first ?? ".", overwrites: invocation.has("--force"))
    }
}

/// The files that `meshspec init` writes.
struct Starter {
    var definition: Definition
    /// `HOST:PORT` of the node; nil: the reference node stands in for it.
    var address: String?

    init(_ definition: Definition, address: String?) {
        self.definition = definition
        self.address = address
    }
    static let targetName = "target.yaml"
    var capabilitiesName: String { definition.name + ".caps.yaml" }
    /// Names below the folder, with what they hold.
    var files: [(name: String, text: String)] {
        [
            (Self.targetName, targetFile), (capabilitiesName, capabilityFile),
            (".github/workflows/meshspec.yml", gitHubWorkflow), (".gitlab-ci.yml", gitLabPipeline),
        ]
    }
    /// Writes all of them, or none where one is in the way.
    func write(to folder: String, overwrites: Bool) -> Int32 {
        let paths = files.map { (path: folder == "." ? $0.name : folder + "/" + $0.name, text: $0.text) }
        if Files.kind(folder) == .file {
            Console.error("meshspec init: \(folder) is a file, not a folder")
            return ExitCode.usage
        }
        if let bad = paths.first(where: { Files.kind($0.path) == .folder }) {
            Console.error("meshspec init: \(bad.path) is a folder; nothing was written")
            return ExitCode.usage
        }
        let there = paths.filter { Files.kind($0.path) != .none }
        if !there.isEmpty, !overwrites {
            Console.error(
                "meshspec init: nothing was written, for these files exist (--force overwrites them):\n"
                    + there.map { "  " + $0.path }.joined(separator: "\n"))
            return ExitCode.usage
        }
        for file in paths {
            Files.makeFolders(of: file.path)
            if let why = Files.write(Array(file.text.utf8), to: file.path) {
                Console.error("meshspec init: cannot write \(file.path): \(why)")
                return ExitCode.environment
            }
            Console.error("wrote \(file.path)")
        }
        let target = paths[0].path
        Console.error(
            """

            Next:
              meshspec run -t \(target) --dry-run      which cases would run, and why others would not
              meshspec run -t \(target)                judge the node
              meshspec run -t \(target) --audit-caps   hold what it claims against what is there
            """)
        return ExitCode.good
    }
}
