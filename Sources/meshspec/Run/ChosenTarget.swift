import Glibc
import Network
import Node
import Scenario

/// The node under test as the command line names it: built in, at an address, or in a target file.
final class ChosenTarget {
    var name: String
    var settings: Settings
    var capabilities = Capabilities()
    /// The capabilities that were declared absent, and the ones that the preflight found to be absent.
    var lacks: Set<String> { capabilities.lacks.union(known?.lacks.keys.map(\.self) ?? []) }
    /// The capabilities that the user declared present, with a parameter of the same name as well (`security=noise`),
    /// and the ones that the node showed in the preflight.
    var promised: Set<String> {
        let chosen = claims.given.subtracting(["profile"]).map { settings[$0] }
        return capabilities.declared.union(chosen).union(known?.shown ?? []).subtracting(lacks)
    }
    /// Values of scenario parameters.
    var parameters: [String: String] = [:]
    var address: Endpoint?
    /// The address as the target file has it, if its port is any free one. Results of two parts of one run then name
    /// the same target.
    private var portless: String?
    var listen: Endpoint?
    var isRemote = false
    /// Reference nodes in virtual time.
    var isSimulated = false
    /// The options of the command line, for the command that runs a case again.
    var arguments: [String] = []
    var addresses: [String: Endpoint] = [:]
    /// Ports that were chosen for nodes of the target.
    var reservedPorts: [ReservedPort] = []
    /// The content of the target file; nil without one.
    private(set) var file: Target?
    /// Shell commands by control.
    var control: [String: String] { file?.control ?? [:] }
    var templates: NodeTemplates { NodeTemplates(file?.told ?? [:]) }
    /// The output of the last control, at most `maximumAnswer` bytes.
    var output = ""
    static let maximumAnswer = 1 << 20
    /// The node under test, if the target file started it.
    var node: StartedNode?
    /// The further nodes of the case, by the names of dut actors.
    var further: [String: StartedNode] = [:]
    /// The nodes of the case, if each case starts its own nodes. The node under test is the first.
    var setups: [NodeSetup] = []
    /// The further nodes that `start` starts for each case.
    var startedNames: Set<String> = []
    /// The claims of the user about the node. `kind`, `identity` and `settings` also contain what the node answered.
    var claims = NodeClaims()
    var kind: String?
    var identity: [UInt8]?
    /// The answer of the node to the preflight; nil if it was not asked.
    var known: KnownNode?
    /// The reason why the node stopped answering during the run.
    var gone: String?
    /// True if the node answered before the first case. After that, its silence is evidence.
    var isAnswering = false
    /// A text for each end of the node after which it was started again.
    var deaths: [String] = []
    /// The last report of the health check.
    var illness: String?
    /// The seed of our identity in a preflight. Each preflight uses another one.
    var probeSeed: UInt64 = 0
    /// The length of silence after which the node counts as gone, with all questions that are asked meanwhile.
    var longestSilence = Duration.seconds(60)
    let definition: Definition
    /// The processes that `dial` started, by the address that they dial. Cases that run at the same time have one each.
    var dialers: [Endpoint: Subprocess] = [:]

    let interrupts: Interrupts
    /// The seeded fault of the reference node.
    private let bug: String?
    /// The mutation of its messages on the wire.
    private let mutant: String?

    /// Reads the command line, and starts the node if its target file has a command for it.
    init(
        _ invocation: Invocation, cases: Cases, definition: Definition, interrupts: Interrupts
    ) throws {
        self.interrupts = interrupts
        self.definition = definition
        bug = invocation[.bug]
        mutant = invocation[.mutant]
        let library = cases.suite.library
        var parameters = try invocation.pairs(.param)
        name = "reference node"
        // A parameter that the protocol does not have may be a parameter of scenarios.
        let own = Set(definition.configuration.parameters.map(\.name))
        for (key, value) in parameters where !own.contains(key) {
            let known = cases.scenarios.flatMap(\.parameters).filter { $0.name == key }
            if known.isEmpty { continue }
            if let why = known.lazy.compactMap({ $0.refusal(value) }).first {
                throw CommandError(.badValue, at: "-P \(key)", why)
            }
            self.parameters[key] = value
            parameters[key] = nil
        }
        // A recorded scenario runs with the settings that fit its capture, unless the command line gives others.
        let recorded = cases.scenarios.filter { $0.protocolName == definition.name }.recorded
        settings = try definition.settings(
            profile: invocation[.profile] ?? recorded?.profile,
            (recorded?.parameters ?? [:]).merging(parameters) { _, given in given })
        claims.given = Set(parameters.keys).union(invocation.has(.profile) ? ["profile"] : [])
        if let path = invocation[.caps] { try readCapabilities(path, library, definition) }
        arguments = invocation.words(
            [
                .target, .protocol, .listen, .id, .caps, .profile, .bug, .mutant, .param,
                .slack, .timeScale, .spec,
            ], flags: [.simulate, .long, .noPreflight, .tls])
        isSimulated = invocation.has(.simulate)
        let told = invocation[.target]
        if let text = invocation[.id] {
            claims.identity = Hexadecimal.bytes(text)
            if claims.identity == nil || told == nil {
                throw told == nil
                    ? CommandError(
                        .notApplicable, at: .id, "this is for a node at HOST:PORT", remedy: "give --target")
                    : CommandError(.badValue, at: .id, expected: "hexadecimal digits", found: text)
            }
        }
        guard told != nil || invocation.has(.listen) else { return }
        if invocation.has(.simulate) {
            throw CommandError(.notApplicable, at: .simulate, "this is for the reference nodes, not for a target")
        }
        for name in [.bug, .mutant] as [OptionName] where invocation.has(name) {
            throw CommandError(.notApplicable, at: name, "this is for the reference nodes, not for a target")
        }
        isRemote = true
        if let told, Files.kind(told) == .file || told.hasSuffix(".yaml") || told.hasSuffix(".yml") {
            let given = invocation.has(.caps) ? capabilities : nil
            try read(told, library, profile: invocation[.profile], parameters, starts: !invocation.has(.dryRun))
            if let given { capabilities = given }
        } else if let told {
            name = told
            try take(told)
            if address?.port == 0 {
                throw CommandError(
                    .badAddress, at: told, "port 0 is not the port of a node", remedy: "give the port of the node")
            }
        } else {
            name = "node that dials us"
        }
        (kind, identity) = (claims.kind, claims.identity)
        if let text = invocation[.listen] { listen = try Resolver.resolve(text) }
        let isTold = control["dial"] != nil || control["start"].map(NodeTemplates.isForCases) ?? false
        if listen?.port == 0, !isTold {
            throw CommandError(
                .badAddress, at: .listen, "the node cannot know port 0, which chooses a free port",
                remedy: "give a port, or a target file that passes the port on with `dial` or with {peers} in `start`")
        }
    }
    /// The node and its settings, for reports.
    var title: String { "\(place) (\(setting))" }
    private var place: String {
        let place = (portless ?? address.map { "\($0)" }).map { " at " + $0 } ?? ""
        return name + (place == " at \(name)" ? "" : place)
    }
    /// A short title for people: if there are many parameters, it omits those with preset values.
    var briefTitle: String {
        guard settings.values.count > Self.manyParameters, !isRemote else { return title }
        return "\(place) (\(setting(without: presets)))"
    }
    private static let manyParameters = 4
    /// The parameters that have their presets.
    private var presets: Set<String> {
        Set(definition.configuration.parameters.filter { settings[$0.name] == $0.preset }.map(\.name))
    }
    /// Profile, parameters and fault, for reports. For a node elsewhere, a preset that was neither given nor found may
    /// apply only to the reference node.
    var setting: String {
        setting(without: isRemote ? presets.subtracting(claims.given.union(known?.found ?? [])) : [])
    }
    private func setting(without hidden: Set<String>) -> String {
        let shown = settings.values.filter { !hidden.contains($0.key) }
        var values = shown.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        if let bug { values.append("bug \(bug)") }
        if let mutant { values.append("mutant \(mutant)") }
        return ([settings.profile] + values).joined(separator: ", ")
    }
    func read(
        _ path: String, _ library: Library, profile: String?, _ parameters: [String: String], starts: Bool
    ) throws {
        let source = try Files.source(path)
        let (target, problems) = Target.load(
            source, library, folder: Files.folder(of: path), profile: profile, parameters: parameters)
        for p in problems {
            Console.write(p.rendered(p.file == path ? source : (try? Files.source(p.file)) ?? source), to: 2)
        }
        guard let target else { throw CommandError(.invalidFile, at: path, "the target file is invalid") }
        name = target.name
        settings = target.settings
        capabilities = target.capabilities
        file = target
        claims.given.formUnion(target.given)
        claims.kind = target.kind
        claims.identity = claims.identity ?? target.identity
        for (actor, text) in target.addresses.sorted(by: { $0.key < $1.key }) {
            let port = text.contains("{port}") ? try freePort() : nil
            addresses[actor] = try Resolver.resolve(port.map { text.replacing("{port}", with: "\($0)") } ?? text)
            // No other program can have started a node at a port that is chosen now. A command that names the node
            // starts it.
            guard port != nil, let start = control["start"], NodeTemplates.isForCases(start) else { continue }
            let places = Target.values.map { Target.name(of: $0, of: actor) }
            if ShellTemplate(start).names.isDisjoint(with: places) { startedNames.insert(actor) }
        }
        if let text = target.listen { listen = try Resolver.resolve(text) }
        if let text = target.address {
            let port = text.contains("{port}") ? try freePort() : nil
            portless = port == nil ? nil : text
            let filled = port.map { text.replacing("{port}", with: "\($0)") } ?? text
            try take(filled)
        }
        // A dry run does not need the node.
        if let start = control["start"], starts, !NodeTemplates.isForCases(start) { try begin(start) }
    }
    /// Takes the address of the node, or its URL.
    private func take(_ text: String) throws {
        let url = try TargetURL(text, definition)
        let isSecured = definition.reading.layers?.security != nil
        if url.target != nil, url.isSecure != isSecured {
            // A URL of the command line brings TLS by itself.
            let mend = isSecured ? "begin it with wss:// for TLS" : "give --tls as well"
            throw CommandError(.badAddress, at: text, "the URL does not fit the security of the run", remedy: mend)
        }
        (address, settings.resource) = (url.endpoint, url.resource)
    }
    func readCapabilities(_ path: String, _ library: Library, _ definition: Definition) throws {
        let source = try Files.source(path)
        let (made, problems) = Capabilities.load(source, library, for: definition)
        for p in problems { Console.error(p.rendered(source)) }
        guard let made else { throw CommandError(.invalidFile, at: path, "the capability file is invalid") }
        capabilities = made
    }
    var subject: Subject {
        guard isRemote else { return .builtIn(bug: bug) }
        var controls = Set(control.keys)
        if controls.contains("start") { controls.formUnion(["stop", "restart"]) }
        let dial: ((Endpoint) -> String?)? = control["dial"].map { command in
            { [self] at in
                dialers = dialers.filter { $0.key != at && $0.value.exitStatus == nil }
                do throws(NetworkError) { dialers[at] = try spawn(fill(command, at)) } catch { return "\(error)" }
                return nil
            }
        }
        var remote = Remote(address: address, addresses: addresses, listen: listen, controls: controls, dial: dial) {
            [self] name, arguments in carryOut(name, arguments)
        }
        remote.output = { [self] in output }
        remote.dialProblem = { [self] at in
            guard let process = dialers[at], let status = process.exitStatus, status != 0, let command = control["dial"]
            else { return nil }
            return "`\(fill(command, at).shown)` ended with status \(status)" + ReadyProbe.said(process.printed)
        }
        remote.kind = kind
        remote.identity = identity
        if let command = control["health"] { remote.health = { [self] in health(command) } }
        if let start = control["start"], NodeTemplates.isForCases(start) {
            remote.ending = { [self] _ in
                for node in startedNodes {
                    guard let status = node.exitStatus, status != 0 else { continue }
                    return "it ended with status \(status)" + ReadyProbe.said(node.printed)
                }
                return nil
            }
            remote.startedNames = startedNames
            remote.start = { [self] setups in self.start(setups) }
            remote.readiness = { [self] in
                for node in startedNodes {
                    switch look(at: node) {
                    case .ready: continue
                    case .notYet: return .notYet
                    case .failed(let why): return .failed("`\(node.command)`: \(why)")
                    }
                }
                return .ready
            }
        } else {
            remote.absence = { [self] in absence() }
            remote.ending = { [self] sawAnEnd in ending(sawAnEnd) }
            remote.hasAnswered = { [self] in isAnswering }
            if let start = control["start"] { remote.revive = { [self] in revive(start) } }
        }
        return .remote(remote)
    }
}
