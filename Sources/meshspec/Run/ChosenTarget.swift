import Glibc
import Network
import Node
import Report
import Scenario

/// The node under test as the command line names it: built in, at an address, or in a target file.
final class ChosenTarget {
    /// Why there is none, and the exit status for it.
    struct Failure: Error {
        var message: String
        var status: Int32
    }
    var name: String
    var settings: Settings
    var capabilities = Capabilities()
    var lacks: Set<String> { capabilities.lacks }
    /// Values of scenario parameters.
    var parameters: [String: String] = [:]
    var address: Endpoint?
    /// The address as the target file has it, where its port is any free one: two parts of one run are of one target.
    private var portless: String?
    var listen: Endpoint?
    var isRemote = false
    /// Reference nodes in virtual time.
    var isSimulated = false
    /// What the command line said, for the command that runs a case again.
    var arguments: [String] = []
    var addresses: [String: Endpoint] = [:]
    /// Shell commands by control, with the variables set before them.
    var control: [String: String] = [:]
    private var environment: [String: String] = [:]
    private var ready: String?
    private var readyWithin = Duration.seconds(15)
    private var folder = "."
    /// What the last control printed, at most so much of it.
    private var output = ""
    private static let maximumAnswer = 1 << 20
    private(set) var node: Subprocess?
    /// Whether it is ready, and the command that started it.
    private var probe: ReadyProbe?
    private var startedBy = ""
    /// What the case says of the node that runs, where each case has one of its own.
    private var setup: NodeSetup?
    private var templates = NodeTemplates()
    /// What was said of the node; what its answer told beside that is in the next two and in `settings`.
    var claims = NodeClaims()
    var kind: String?
    var identity: [UInt8]?
    /// What the node told of itself; nil when it was not asked.
    var known: KnownNode?
    /// What became of it, where it stopped answering in the middle of the run.
    var gone: String?
    /// Each time that it is asked who it is we are somebody else.
    var probeSeed: UInt64 = 0
    let definition: Definition
    /// Those that `dial` started, by where they dial: cases that run at the same time have one each.
    private var dialers: [Endpoint: Subprocess] = [:]

    let interrupts: Interrupts
    /// The seeded fault of the reference node.
    private let bug: String?
    /// How it is altered on the wire.
    private let mutant: String?

    /// What the command line says; starts the node when its target file says how.
    init(
        _ invocation: Invocation, _ cases: Cases, _ definition: Definition, _ interrupts: Interrupts
    ) throws(Failure) {
        self.interrupts = interrupts
        self.definition = definition
        bug = invocation["--bug"]
        mutant = invocation["--mutant"]
        let library = cases.suite.library
        var parameters: [String: String]
        do throws(UsageError) { parameters = try invocation.pairs("--param") } catch {
            throw Failure(message: error.message, status: ExitCode.usage)
        }
        name = "reference node"
        // What the protocol does not know may be a parameter of scenarios.
        let own = Set(definition.parameters.map(\.name))
        for (key, value) in parameters where !own.contains(key) {
            let known = cases.scenarios.flatMap(\.parameters).filter { $0.name == key }
            if known.isEmpty { continue }
            if let why = known.lazy.compactMap({ $0.refusal(value) }).first {
                throw Failure(message: "-P \(key): \(why)", status: ExitCode.usage)
            }
            self.parameters[key] = value
            parameters[key] = nil
        }
        do throws(SettingsError) {
            settings = try definition.settings(profile: invocation["--profile"], parameters)
        } catch {
            throw Failure(message: "\(error)", status: ExitCode.usage)
        }
        claims.given = Set(parameters.keys).union(invocation.has("--profile") ? ["profile"] : [])
        if let path = invocation["--caps"] { try readCapabilities(path, library, definition) }
        for option in [
            "--target", "--protocol", "--listen", "--id", "--caps", "--profile", "--bug", "--mutant", "--param",
            "--slack", "--time-scale", "--spec",
        ] {
            for value in invocation.all(option) { arguments += [option, value] }
        }
        isSimulated = invocation.has("--simulate")
        for flag in ["--simulate", "--long", "--no-preflight"] where invocation.has(flag) { arguments.append(flag) }
        let told = invocation["--target"]
        if let text = invocation["--id"] {
            claims.identity = Hexadecimal.bytes(text)
            if claims.identity == nil || told == nil {
                let why = told == nil ? "is of a node at HOST:PORT" : "is hexadecimal, not `\(text)`"
                throw Failure(message: "--id \(why)", status: ExitCode.usage)
            }
        }
        guard told != nil || invocation.has("--listen") else { return }
        if invocation.has("--simulate") {
            throw Failure(message: "--simulate is for the reference nodes, not for a target", status: ExitCode.usage)
        }
        for name in ["--bug", "--mutant"] where invocation.has(name) {
            throw Failure(message: "\(name) is for the reference nodes, not for a target", status: ExitCode.usage)
        }
        isRemote = true
        if let told, Files.kind(told) == .file || told.hasSuffix(".yaml") || told.hasSuffix(".yml") {
            let given = invocation.has("--caps") ? capabilities : nil
            try read(told, library, profile: invocation["--profile"], parameters, starts: !invocation.has("--dry-run"))
            if let given { capabilities = given }
        } else if let told {
            name = told
            address = try resolve(told)
            if address?.port == 0 {
                throw Failure(message: "\(told): port 0 is nobody's; name the port of the node", status: ExitCode.usage)
            }
        } else {
            name = "node that dials us"
        }
        (kind, identity) = (claims.kind, claims.identity)
        if let text = invocation["--listen"] { listen = try resolve(text) }
        if listen?.port == 0, control["dial"] == nil {
            throw Failure(message: "--listen needs a port that the node can know", status: ExitCode.usage)
        }
    }
    /// Who is tested and how, for reports.
    var title: String {
        let place = (portless ?? address.map { "\($0)" }).map { " at " + $0 } ?? ""
        return name + (place == " at \(name)" ? "" : place) + " (\(setting))"
    }
    /// Profile, parameters and fault, for reports.
    var setting: String {
        var values = settings.values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        if let bug { values.append("bug \(bug)") }
        if let mutant { values.append("mutant \(mutant)") }
        return ([settings.profile] + values).joined(separator: ", ")
    }
    func resolve(_ text: String) throws(Failure) -> Endpoint {
        do throws(NetworkError) { return try Resolver.resolve(text) } catch {
            throw Failure(message: "\(error)", status: error.isMalformed ? ExitCode.usage : ExitCode.environment)
        }
    }
    func read(
        _ path: String, _ library: Library, profile: String?, _ parameters: [String: String], starts: Bool
    ) throws(Failure) {
        let source: SourceFile
        do throws(Files.Failure) { source = try Files.source(path) } catch {
            throw Failure(message: "\(error)", status: ExitCode.environment)
        }
        let (target, problems) = Target.load(
            source, library, folder: Files.folder(of: path), profile: profile, parameters: parameters)
        for p in problems {
            Console.write(p.rendered(p.file == path ? source : (try? Files.source(p.file)) ?? source), to: 2)
        }
        guard let target else { throw Failure(message: "the target file is invalid", status: ExitCode.invalid) }
        name = target.name
        settings = target.settings
        capabilities = target.capabilities
        folder = target.folder
        control = target.control
        environment = target.environment
        templates = NodeTemplates(target.told)
        claims.given.formUnion(target.given)
        claims.kind = target.kind
        claims.identity = claims.identity ?? target.identity
        ready = target.ready
        readyWithin = target.readyWithin
        for (actor, text) in target.addresses { addresses[actor] = try resolve(text) }
        if let text = target.listen { listen = try resolve(text) }
        if let text = target.address {
            let port = text.contains("{port}") ? try freePort() : nil
            portless = port == nil ? nil : text
            let filled = port.map { text.replacing("{port}", with: "\($0)") } ?? text
            address = try resolve(filled)
        }
        // What would be run is known without the node.
        if let start = control["start"], starts, !NodeTemplates.isForCases(start) { try begin(start) }
    }
    func readCapabilities(_ path: String, _ library: Library, _ definition: Definition) throws(Failure) {
        let source: SourceFile
        do throws(Files.Failure) { source = try Files.source(path) } catch {
            throw Failure(message: "\(error)", status: ExitCode.environment)
        }
        let (made, problems) = Capabilities.load(source, library, for: definition)
        for p in problems { Console.error(p.rendered(source)) }
        guard let made else { throw Failure(message: "the capability file is invalid", status: ExitCode.invalid) }
        capabilities = made
    }
    /// A port of loopback that nobody has. Below those that systems give to whoever asks for any, since somebody may be
    /// given one of these before the node takes it: the harness itself does, and so do other runs beside this one.
    func freePort() throws(Failure) -> UInt16 {
        for _ in 0..<32 {
            let port = UInt16.random(in: 20_000..<32_000)
            do throws(NetworkError) {
                return try SocketNetwork().listen(.loopback(port), definition.transport).bound.port
            } catch {
                // Taken: another one.
            }
        }
        do throws(NetworkError) {
            return try SocketNetwork().listen(.loopback(0), definition.transport).bound.port
        } catch {
            throw Failure(message: "\(error)", status: ExitCode.environment)
        }
    }
    /// Starts the node and waits until it is ready.
    func begin(_ command: String) throws(Failure) {
        do throws(NetworkError) {
            try launch(command)
            try waitUntilReady()
        } catch {
            throw Failure(message: "\(error)", status: interrupts.status ?? ExitCode.environment)
        }
    }
    /// Starts the node; the one before it ends.
    func launch(_ command: String) throws(NetworkError) {
        node = nil
        let filled = fill(command, address, setup.map(templates.parts) ?? [:])
        startedBy = filled.shown
        let process = try spawn(filled)
        node = process
        var asks: (() -> Result<Subprocess, NetworkError>)?
        if let ready { asks = { [self] in attempt(fill(ready, address)) } }
        probe = try ReadyProbe(definition, settings, at: address, within: readyWithin, command: asks)
    }
    func spawn(_ text: ShellText, output: Int32? = nil) throws(NetworkError) -> Subprocess {
        do throws(NetworkError) {
            return try Subprocess(
                text.command, folder: folder, variables: environment.merging(text.variables) { $1 },
                printing: Console.variable("MESHSPEC_VERBOSE") != nil ? .loud : .kept, output: output)
        } catch {
            throw NetworkError("start", text.shown, error.reason)
        }
    }
    /// A command that is started, or why it is not.
    private func attempt(_ command: ShellText) -> Result<Subprocess, NetworkError> {
        do throws(NetworkError) { return .success(try spawn(command)) } catch { return .failure(error) }
    }
    /// How far the node is that was started.
    func look() -> Readiness {
        guard let node, let probe else { return .failed("it was not started") }
        if let status = interrupts.status { return .failed("interrupted (\(status))") }
        if let status = node.exitStatus {
            return .failed("it ended with status \(status)" + Self.said(node.printed))
        }
        do throws(NetworkError) {
            if try probe.isReady() { return .ready }
        } catch {
            return .failed("\(error)")
        }
        guard probe.isOver else { return .notYet }
        let why = probe.failure.map { ": `ready` " + $0 } ?? ""
        return .failed("it is not ready after \(readyWithin.text)" + why + Self.said(node.printed))
    }
    func waitUntilReady() throws(NetworkError) {
        let driver = Driver(try SocketNetwork())
        while true {
            switch look() {
            case .ready: return
            case .notYet: _ = driver.next(until: driver.now + .milliseconds(5))
            case .failed(let why): throw NetworkError("start", startedBy, why)
            }
        }
    }
    /// Starts the node for a case; what went wrong, nil when nothing did.
    func start(_ setup: NodeSetup) -> String? {
        guard let command = control["start"] else { return "the target file has no control `start`" }
        if let why = templates.refusal(setup) { return why }
        self.setup = setup
        do throws(NetworkError) {
            try launch(command)
            return nil
        } catch {
            return "\(error)"
        }
    }
    /// What a command printed, on one line, as far as it is worth telling.
    static func said(_ printed: String) -> String {
        let lines = printed.split(whereSeparator: \.isNewline).map { $0.drop { $0.isWhitespace } }.filter {
            !$0.isEmpty
        }
        let text = lines.joined(separator: " | ")
        if text.isEmpty { return ", without a word" }
        return ", saying: " + (text.count > 600 ? "..." : "") + Printable.text(String(text.suffix(600)))
    }
    /// Runs a command to its end. What went wrong, with its own words; nil when nothing did.
    private func finish(_ command: ShellText, within limit: Duration, output: Int32) throws(NetworkError) -> String? {
        let process = try spawn(command, output: output < 0 ? nil : output)
        let driver = Driver(try SocketNetwork())
        let end = driver.now + limit
        while driver.now < end, interrupts.status == nil, process.exitStatus == nil {
            _ = driver.next(until: driver.now + .milliseconds(5))
        }
        guard let status = process.exitStatus else {
            return "`\(command.shown)` "
                + (interrupts.status == nil ? "did not end within \(limit.text)" : "was interrupted")
        }
        if status == 0 { return nil }
        let printed = process.printed + "\n" + Files.text(output, atMost: 4096)
        return "`\(command.shown)` ended with status \(status)" + Self.said(printed)
    }
    /// A command with what stands for its places. All values are in its variables, also those without a place.
    func fill(_ command: String, _ at: Endpoint?, _ parts: [String: ShellText] = [:]) -> ShellText {
        var parts = parts
        if let at {
            for v in NodeTemplates.values(of: at) { parts[v.key] = ShellText(value: v.value, of: v.key) }
        }
        var out = ShellTemplate(command).filled { parts[$0] }
        for p in parts.values { out.variables.merge(p.variables) { $1 } }
        return out
    }
    func subject(bug: String?) -> Subject {
        guard isRemote else { return .builtIn(bug: bug) }
        var controls = Set(control.keys)
        if controls.contains("start") { controls.formUnion(["stop", "restart"]) }
        let dial: ((Endpoint) -> String?)? = control["dial"].map { command in
            { [self] at in
                do throws(NetworkError) {
                    dialers = dialers.filter { $0.key != at && $0.value.exitStatus == nil }
                    dialers[at] = try spawn(fill(command, at))
                    return nil
                } catch {
                    return "\(error)"
                }
            }
        }
        var remote = Remote(address: address, addresses: addresses, listen: listen, controls: controls, dial: dial) {
            [self] name, arguments in carryOut(name, arguments)
        }
        remote.output = { [self] in output }
        remote.dialProblem = { [self] at in
            guard let process = dialers[at], let status = process.exitStatus, status != 0, let command = control["dial"]
            else { return nil }
            return "`\(fill(command, at).shown)` ended with status \(status)" + Self.said(process.printed)
        }
        remote.kind = kind
        remote.identity = identity
        if let start = control["start"], NodeTemplates.isForCases(start) {
            remote.start = { [self] setup in self.start(setup) }
            remote.readiness = { [self] in
                let state = look()
                return if case .failed(let why) = state { .failed("`\(startedBy)`: \(why)") } else { state }
            }
        } else {
            remote.absence = { [self] in absence() }
        }
        return .remote(remote)
    }
    /// A control of `dut`; what went wrong, nil when nothing did.
    func carryOut(_ name: String, _ arguments: [(String, String)]) -> String? {
        do {
            if let command = control[name], name != "start" {
                if let why = Self.refusal(command, arguments) { return "`\(command)`: \(why)" }
                let filled = fill(
                    command, address,
                    Dictionary(arguments.map { ($0.0, ShellText(value: $0.1, of: $0.0)) }) { a, _ in a })
                let printed = Files.temporary()
                defer { close(printed) }
                let problem = try finish(filled, within: .seconds(60), output: printed)
                output = Files.text(printed, atMost: Self.maximumAnswer)
                return problem
            }
            guard let start = control["start"] else { return "the target file has no control `\(name)`" }
            if name == "stop" || name == "restart" { node = nil }
            if name == "start" || name == "restart" { try begin(start) }
            return nil
        } catch let error as Failure {
            return error.message
        } catch {
            return "\(error)"
        }
    }
    /// Why a control cannot be given these arguments.
    static func refusal(_ command: String, _ arguments: [(String, String)]) -> String? {
        var holders: [String: String] = [:]
        for (name, value) in arguments {
            let variable = ShellTemplate.variable(name)
            if let other = holders.updateValue(name, forKey: variable) {
                return "arguments `\(other)` and `\(name)` would both be in $\(variable): rename one"
            }
            if value.utf8.contains(0) { return "argument `\(name)` holds a zero byte, which no command can be given" }
        }
        return ShellTemplate(command).problem { name in arguments.contains { $0.0 == name } }
    }
    func stop() {
        dialers = [:]
        node = nil
    }
}
