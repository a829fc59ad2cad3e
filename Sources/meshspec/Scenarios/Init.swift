import Libp2p
import Network
import Node
import Report
import Scenario
import Wire

extension Command {
    static let `init` = Command(
        name: "init", summary: "write a target file, its capabilities and CI snippets to start from", operands: "[DIR]",
        options: [
            Option(
                .protocol, value: "NAME",
                "the protocol of the node (default: the one that it answers in, or \(Registry.definitions.first?.name ?? ""))"
            ),
            Option(
                .target, value: "HOST:PORT",
                "address or URL of the node, which meshspec identifies (default: our own reference node)"
            ),
            Option(.force, "overwrite existing files"),
        ],
        examples: [
            ("meshspec init", "files in this folder, usually the root of the node's repository"),
            ("meshspec init conformance --target 127.0.0.1:7075", "in a folder, for a node that is running"),
            ("meshspec init --force", "the same again, overwriting existing files"),
        ],
        notes: "Exit status: 0 written, 2 usage or files in the way, 4 cannot be written."
    ) { invocation in
        guard invocation.operands.count <= 1 else {
            throw CommandError(
                .extraArgument, expected: "one folder", found: invocation.operands.joined(separator: " "))
        }
        let names = Registry.definitions.map(\.name)
        let name = try invocation.name(.protocol, of: "protocol", names, .unknownProtocol)
        let candidates = Registry.definitions.filter { name == nil || $0.name == name }
        guard let first = candidates.first else {
            throw CommandError(.unknownProtocol, no: "protocol", called: name ?? "", of: names)
        }
        var start = Starter(definition: first, address: invocation[.target])
        if let address = start.address { start = try Starter.asking(candidates, address) }
        return try start.write(to: invocation.operands.first ?? ".", overwrites: invocation.has(.force))
    }
}

/// The files that `meshspec init` writes.
struct Starter {
    var definition: Definition
    /// The address of the node, `HOST:PORT` or a URL; nil if the reference node replaces it.
    var address: String?
    /// The answer of the node; nil if it gave none.
    var known: KnownNode?
    /// The capabilities that a node lacks although it could not be asked for more, each with the reason.
    var lacks: [String: String] = [:]

    /// Asks the node at an address in one protocol after the other. `definitions` must not be empty. Prints the result,
    /// also if the node does not answer.
    static func asking(_ definitions: [Definition], _ address: String) throws(CommandError) -> Starter {
        var failures: [CommandError] = []
        // True if a node answers at the address but speaks none of the protocols.
        var isUnknown = false
        var lacks: [String: String] = [:]
        var definitions = definitions
        do throws(NetworkError) {
            if definitions.count > 1, !TargetURL.isURL(address),
                case .found(let one) = try ProtocolProbe.find(definitions, at: try Resolver.resolve(address))
            {
                definitions = [one]
            }
            for d in definitions {
                let url = try? TargetURL(address, d)
                // A URL can name nodes of some protocols only.
                if url == nil, TargetURL.isURL(address) { continue }
                let at = if let url { url.endpoint } else { try Resolver.resolve(address) }
                guard let settings = try? d.settings(),
                    let p = Preflight(
                        d, settings, at: at, seed: .random(in: .min ... .max), orLayers: definitions.count == 1)
                else {
                    continue
                }
                let outcome = p.ask(Driver(try SocketNetwork()))
                if case .found(let told) = outcome,
                    let known = try? KnownNode(told.completed(d, settings, at: at), at: at, d, settings, NodeClaims())
                {
                    Console.error(Printable.text(known.line))
                    return Starter(definition: d, address: address, known: known)
                }
                if case .refused = outcome, d.reading.layers?[LayerName.security] != nil {
                    lacks = Identification.security(at: at).refused
                }
                if case .nobody = outcome {} else { isUnknown = true }
                var failure = p.error(outcome, d)
                (failure.place, failure.remedy) = (d.name, nil)
                failures.append(failure)
            }
        } catch {
            if error.isMalformed { throw error.coded }
            failures.append(error.coded)
        }
        for f in failures { Console.report(f, "init") }
        if isUnknown, definitions.count > 1 {
            let names = NearestName.choice(Registry.definitions.map(\.name))
            throw CommandError(
                .ambiguous, "nothing was written, because the protocol of the node at \(address) is not known",
                remedy: "give --protocol with \(names)")
        }
        let definition = definitions[0]
        Console.error("meshspec init: the files are for \(definition.name), and leave the node's settings to each run")
        return Starter(definition: definition, address: address, lacks: definitions.count == 1 ? lacks : [:])
    }
    static let targetName = "target.yaml"
    var capabilitiesName: String { definition.name + ".caps.yaml" }
    /// Returns the paths and contents of the files. The target's files are in `folder`. Pipelines are at the root of
    /// the repository, where CI systems look for them. A repository that has a GitLab pipeline gets a file to include
    /// instead.
    func files(in folder: String) -> [(path: String, text: String)] {
        func path(_ folder: String, _ name: String) -> String { folder == "." ? name : folder + "/" + name }
        let repository = Files.repository(of: folder)
        let root = repository?.root ?? folder
        let below = repository?.below ?? ""
        let pipeline = path(root, Self.gitLabName)
        let isOwn = (try? Files.read(pipeline)).map { $0.starts(with: Self.pipelineHead.utf8) } ?? true
        return [
            (path(folder, Self.targetName), targetFile), (path(folder, capabilitiesName), capabilityFile),
            (path(root, ".github/workflows/meshspec.yml"), gitHubWorkflow(below)),
            (isOwn ? pipeline : path(folder, Self.gitLabInclude), gitLabPipeline(below)),
        ]
    }
    /// Writes all files, or none at all if a file exists and `overwrites` is false.
    func write(to folder: String, overwrites: Bool) throws(CommandError) -> Int32 {
        let paths = files(in: folder)
        if Files.kind(folder) == .file {
            throw CommandError(.wrongFile, at: folder, "this is a file, not a folder")
        }
        if let bad = paths.first(where: { Files.kind($0.path) == .folder }) {
            throw CommandError(.wrongFile, at: bad.path, "this is a folder, not a file: nothing was written")
        }
        let there = paths.filter { Files.kind($0.path) != .none }
        if !there.isEmpty, !overwrites {
            throw CommandError(
                .conflict, "nothing was written, because these files exist", remedy: "--force overwrites them",
                excerpt: there.map { "  " + Printable.text($0.path) }.joined(separator: "\n"))
        }
        for file in paths {
            _ = Files.makeFolder(Files.folder(of: file.path))
            if let why = Files.write(Array(file.text.utf8), to: file.path) {
                throw CommandError.unwritten(file.path, why)
            }
            Console.error("wrote \(Printable.text(file.path))")
        }
        if let included = paths.last?.path, included.hasSuffix(Self.gitLabInclude) {
            let below = Files.repository(of: folder).map { $0.below.isEmpty ? "" : $0.below + "/" } ?? ""
            let local = Self.yaml(below + Self.gitLabInclude)
            Console.error("add to \(Self.gitLabName):   include: {local: \(local)}")
        }
        // The user copies these commands: the path is one word for a shell, and harmless for a terminal.
        let target = Printable.text(ShellText.word(paths[0].path))
        Console.error(
            """

            Next:
              meshspec run -t \(target) --dry-run      which cases would run, and why others would not
              meshspec run -t \(target) -k tag:smoke   the quick and basic cases
              meshspec run -t \(target)                judge the node
              meshspec run -t \(target) --audit-caps   compare what it claims with what it shows
            """)
        return ExitCode.good
    }
}
