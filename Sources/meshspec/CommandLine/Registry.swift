import DXOS
import Gossipsub
import Kademlia
import MDNS
import Nano
import Node
import Libp2p
import PeerPigeon
import RightMesh
import Scenario
import TLS
import WebRTC
import WebSocket
import Wire

/// The list of all protocols of the program. No other place lists them.
enum Registry {
    /// All of them. Messages of another protocol belong to that one.
    static let all: [Definition] = [
        .nano, .rightmesh, .webSocket, .dxos.overGossipsub(), .peerPigeon, .gossipsub, .kademlia, .mdns,
    ]
    /// The protocols of scenarios and nodes.
    static let definitions = all.map { one in
        switch one.name {
        case Definition.gossipsub.name: one.withDHT()
        case Definition.peerPigeon.name: one.withDataChannels()
        default: one
        }
    }
    /// The protocols that captures are decoded for: TLS, WebRTC and `definitions`. A protocol on layers is also decoded
    /// inside TLS, and PeerPigeon inside data channels.
    static let decoded: [Definition] =
        all.map {
            // The TLS of libp2p differs: its certificates identify peers, and it carries no HTTP.
            [Definition.gossipsub.name, Definition.kademlia.name].contains($0.name)
                ? $0.withNoisePayloads() : $0.foundInTLS()
        } + [
            .tls,
            .webRTC(carrying: [
                ChannelProtocol(
                    Definition.peerPigeon.name, labels: [ChannelMessages.label], messages: ChannelMessages.types,
                    message: { bytes, isText in isText ? ChannelMessages.type(of: bytes) : nil })
            ]),
        ]
}

extension Registry {
    /// The names of protocols over UDP that captures are decoded for, and that have no requirements, and of their layers.
    static let unruled =
        decoded.filter { $0.transport == .udp && $0.judging.observed.isEmpty }.map(\.name) + WebRTC.LayerName.all
}

/// The specifications: the requirements and scenarios of each protocol.
struct Suite {
    var folder: String
    var library: Library
    var diagnostics: [Diagnostic] = []
    /// The sources of the files that have diagnostics, by name.
    var sources: [String: SourceFile] = [:]

    /// Finds `Spec`: the given folder, the one in `MESHSPEC_SPEC`, `Spec` here, beside the program or in a folder above
    /// it, or the embedded copy.
    static func find(_ told: String?) throws(CommandError) -> String {
        if let told = told ?? Console.variable("MESHSPEC_SPEC") {
            guard Files.kind(told) == .folder else {
                throw CommandError(
                    .noSuchFile, at: told, "no folder of specifications",
                    remedy: "give the folder `Spec` of meshspec, or leave out --spec and MESHSPEC_SPEC")
            }
            return told
        }
        if Files.kind("Spec") == .folder { return "Spec" }
        var folder = Files.folder(of: Files.program)
        for _ in 0..<6 {
            if Files.kind(folder + "/Spec") == .folder { return folder + "/Spec" }
            folder = Files.folder(of: folder)
        }
        return Files.embeddedRoot + "/Spec"
    }
    /// Creates a suite without any files.
    init() {
        folder = "."
        library = Library(definitions: Registry.definitions)
    }
    /// Reads the requirements of every protocol.
    init(_ told: String?) throws {
        folder = try Self.find(told)
        let spec = folder
        library = Library(definitions: Registry.definitions) { name, user in
            // The path is relative to the file that uses it, or to the folder of the specifications.
            for path in name.hasPrefix("/") ? [name] : [Files.folder(of: user) + "/" + name, spec + "/" + name] {
                if let source = try? Files.source(path, isFile: true) { return source }
            }
            return nil
        }
        for d in Registry.definitions {
            let path = "\(folder)/\(d.name)/requirements.yaml"
            guard Files.kind(path) != .none else { continue }
            let source = try Files.source(path)
            let (list, problems) = RequirementList.load(source)
            library.requirements[d.name] = list
            diagnostics += problems
            sources[path] = source
        }
    }
    /// The scenario files of the suite.
    var files: [String] {
        get throws(Files.Failure) {
            var out: [String] = []
            for d in Registry.definitions { out += try files(of: d.name) }
            return out
        }
    }
    /// Returns the scenario files of one protocol.
    func files(of protocolName: String) throws(Files.Failure) -> [String] {
        let path = "\(folder)/\(protocolName)/scenarios"
        return Files.kind(path) == .folder ? try Files.scenarios(in: path) : []
    }
    /// Files among the scenarios that describe a protocol as a whole.
    static let data = ["requirements.yaml", "mutations.yaml"]
    /// Returns the scenario files below a folder, such as the folder of a protocol. It leaves out requirements,
    /// mutations, fragments, and target, capability and baseline files.
    static func scenarios(in folder: String) throws(Files.Failure) -> [String] {
        var out: [String] = []
        for path in try Files.scenarios(in: folder) where !data.contains(Files.name(of: path)) {
            if DocumentKind.of(try Files.source(path)) == .scenario { out.append(path) }
        }
        return out
    }
    /// Loads scenario files and adds their problems to `diagnostics`.
    mutating func load(_ paths: [String]) throws(Files.Failure) -> [Scenario] {
        var out: [Scenario] = []
        var seen: [String: Scenario] = [:]
        for path in paths {
            let source = try Files.source(path)
            sources[path] = source
            let (scenario, problems) = Scenario.load(source, library)
            diagnostics += problems
            guard let s = scenario else { continue }
            if let other = seen[s.id] {
                diagnostics.append(
                    Diagnostic(
                        .duplicateID, "the id `\(s.id)` is already used in \(other.source.name)", in: path, at: .top))
            } else {
                seen[s.id] = s
                out.append(s)
                allIDs += s.cases.map(\.id)
            }
        }
        return out
    }
    /// Prints the diagnostics and returns true if there is an error among them.
    func complain() -> Bool {
        var text = ""
        for d in diagnostics { text += d.rendered(sources[d.file] ?? SourceFile(name: d.file, bytes: [])) }
        let errors = diagnostics.filter { $0.severity == .error }.count
        if !text.isEmpty {
            let files = Set(diagnostics.map(\.file)).count
            let first = (diagnostics.first { $0.severity == .error } ?? diagnostics.first)?.code.rawValue
            let warnings = diagnostics.count - errors
            func counted(_ n: Int, _ what: String) -> String { "\(n) \(what)\(n == 1 ? "" : "s")" }
            let found = [(errors, "error"), (warnings, "warning")].filter { $0.0 > 0 }.map(counted)
            text += "\(found.joined(separator: " and ")) in \(counted(files, "file"))"
            text += first.map { "   (meshspec explain \($0))" } ?? ""
            Console.error(text)
        }
        return errors > 0
    }
    /// The ids of all cases that were loaded.
    var allIDs: [String] = []
    func requirements(_ protocolName: String) -> RequirementList {
        library.requirements[protocolName] ?? RequirementList()
    }
}

extension Library {
    /// Returns the protocol of a target file; nil for another file, or if the target is an address.
    func protocolName(ofTarget target: String) -> String? {
        guard Files.kind(target) == .file, let source = try? Files.source(target) else { return nil }
        return Target.load(source, self, folder: Files.folder(of: target)).target?.protocolName
    }
}

extension Invocation {
    /// Returns the protocol that --protocol or the target file names; nil if both are missing or wrong.
    func namedProtocol(_ library: Library) -> Definition? {
        (self[.protocol] ?? self[.target].flatMap(library.protocolName(ofTarget:))).flatMap(library.definition)
    }
    /// Returns the protocol that the only operand names. The error lists `all`.
    func definition(of all: [Definition] = Registry.definitions) throws(CommandError) -> Definition {
        let names = all.map(\.name)
        guard let name = operands.first, operands.count == 1 else {
            throw CommandError(
                .missingArgument, "which protocol?", remedy: "give \(NearestName.choice(names))")
        }
        guard let found = Registry.definitions.first(where: { $0.name == name }) else {
            throw CommandError(.unknownProtocol, no: "protocol", called: name, of: names)
        }
        return found
    }
}
