public import Node
internal import Wire

/// The node under test as its target file describes it.
public struct Target: Sendable {
    /// The name of the node for reports.
    public var name: String
    /// The name of the protocol's `Definition`.
    public var protocolName: String
    /// The profile and the parameters. The command line takes precedence over the file.
    public var settings: Settings
    /// The names of the parameters with a value in the file or on the command line, and `profile` if a profile is
    /// given.
    public var given: Set<String>
    /// The address `HOST:PORT` of the node. `{port}` is a port that the harness picks.
    public var address: String?
    /// The address at which our side listens for the node to dial.
    public var listen: String?
    /// The addresses of further nodes, by the names of dut actors.
    public var addresses: [String: String]
    /// The capabilities that the node has or lacks.
    public var capabilities: Capabilities
    /// The kind of the node from `ReferenceImplementation.kinds`; nil for the kind that each case requires.
    public var kind: String?
    /// The identity of the node in the protocol.
    public var identity: [UInt8]?
    /// The text that `{peers}` in a command becomes for each peer of the node, by the kind of the peer; `any` for all
    /// other kinds.
    public var told: [String: String]
    /// The shell commands by the names of controls: `start`, `stop`, `restart`, `dial`, and the controls of `dut`
    /// steps.
    public var control: [String: String]
    /// The environment variables for the commands.
    public var environment: [String: String]
    /// The shell command that succeeds once the node is ready; nil if the node is ready when it accepts connections.
    public var ready: String?
    /// The longest time to wait until the node is ready.
    public var readyWithin: Duration
    /// True if another program, such as systemd, listens at the address for the node, also before its start.
    public var isListenerKept: Bool
    /// The folder in which commands run.
    public var folder: String
}

extension Target {
    /// The values that every command can use, such as `{address}`.
    public static let values = ["address", "host", "port"]
    /// The additional values of `start`. If `start` uses one, the node is started for each case.
    public static let startValues = ["kind", "id", "peers"]
    /// The additional values of `told`.
    static let toldValues = ["kind", "id", "name"]
    /// Returns the name of a value that belongs to one node in every command, such as `second_port`.
    public static func name(of value: String, of node: String) -> String { "\(node)_\(value)" }

    /// The keys of a target file, with a short description of each. The required ones are first.
    public static var keys: [(name: String, summary: String)] { Schema.target.keys.map { ($0.name, $0.summary) } }

    /// Loads a target file. `profile` and `parameters` are from the command line.
    public static func load(
        _ source: SourceFile, _ library: Library, folder: String, profile: String? = nil,
        parameters: [String: String] = [:]
    ) -> (target: Target?, diagnostics: [Diagnostic]) {
        Loader.load(source, library) { $0.target($1, folder, profile, parameters) }
    }
}

extension Loader {
    mutating func target(
        _ root: YAMLNode, _ folder: String, _ profile: String?, _ overrides: [String: String]
    ) -> Target? {
        version(root, "meshspec-target")
        guard let m = members(root, .target), let definition = protocolNamed(m["protocol"]) else { return nil }
        self.definition = definition
        var parameters = table(m["parameters"], "parameters")
        let own = parameters
        parameters.merge(overrides) { $1 }
        var settings: Settings?
        let profile = profile ?? text(m["profile"], "profile")
        do throws(SettingsError) {
            settings = try definition.settings(profile: profile, parameters)
        } catch {
            let node =
                error.name == "profile" ? m["profile"] : own[error.name].flatMap { _ in m["parameters"]?[error.name] }
            report(.badValue, error.description, node?.span ?? head(root))
        }
        let claimed = capabilities(m["capabilities"])
        let ready = m["ready"].flatMap { members($0, .ready) } ?? Members()
        var within = Duration.seconds(15)
        if case .time(let d)? = time(ready["within"], "within") { within = d }
        let listener = word(ready["listener"], "listener", "value of `listener`", among: ["own", "kept"])
        let place = address(m["address"], "address", allowsPlaceholder: true)
        let listen = address(m["listen"], "listen")
        let kinds = definition.reference.kinds.map(\.name)
        let kind = word(m["kind"], "kind", "kind of \(definition.name)", among: kinds)
        for e in entries(m["told"], "told") ?? [] where e.key != "any" && !kinds.contains(e.key) {
            unknown(.unknownKey, "kind of \(definition.name)", e.key, kinds + ["any"], e.keySpan)
        }
        let identity = m["identity"].flatMap { node in
            text(node, "identity").flatMap { s in
                let bytes = s.hasPrefix("0x") ? [UInt8](hex: s.dropFirst(2)) : nil
                if bytes == nil {
                    report(.badValue, "identity is 0x and hexadecimal digits, this is `\(s)`", node.span)
                }
                return bytes
            }
        }
        let commands = table(m["control"], "control")
        places(m)
        guard let settings else { return nil }
        return Target(
            name: text(m["name"], "name") ?? "node", protocolName: definition.name, settings: settings,
            given: Set(parameters.keys).union(profile == nil ? [] : ["profile"]), address: place, listen: listen,
            addresses: addresses(m["addresses"]), capabilities: claimed,
            kind: kind, identity: identity, told: table(m["told"], "told"), control: commands,
            environment: table(m["environment"], "environment"),
            ready: text(ready["command"], "command"), readyWithin: within,
            isListenerKept: listener == "kept", folder: folder)
    }
    /// Reports places for values in commands, and names of variables, that a shell would misread.
    private mutating func places(_ m: Members) {
        func check(
            _ node: YAMLNode, _ known: [String], _ what: String, isClosed: Bool = true, _ loader: inout Loader
        ) {
            guard case .scalar(let command, _) = node.content else { return }
            let template = ShellTemplate(command)
            if let why = template.problem(known.contains) { loader.report(.badValue, why, node.span) }
            // A name without a value would remain in the command unchanged. Within quotes only the names that have a
            // value in other commands are meant as places: `awk '{print}'` is common.
            let others = Set(Target.values + Target.startValues + Target.toldValues)
            let wrong = template.names.intersection(others).union(template.bareNames).subtracting(known)
            guard isClosed, let name = wrong.min() else { return }
            let all = known.map { "{\($0)}" }.joined(separator: ", ")
            let literal = others.contains(name) ? "" : ". For braces of the shell, write \\{\(name)}"
            loader.report(.badValue, "`{\(name)}` has no value in `\(what)`, which knows \(all)\(literal)", node.span)
        }
        let nodes = ["node"] + (m["addresses"]?.members ?? []).map(\.key)
        let always = Target.values + nodes.flatMap { node in Target.values.map { Target.name(of: $0, of: node) } }
        let commands = Scenario.lifeControls.union(["dial", "health"])
        // Values that are not maps have been reported already.
        for e in m["control"]?.members ?? [] {
            // Other controls have arguments from scenarios, which can have any name.
            check(
                e.value, e.key == "start" ? always + Target.startValues : always, e.key,
                isClosed: commands.contains(e.key), &self)
        }
        for e in m["told"]?.members ?? [] { check(e.value, always + Target.toldValues, "told", &self) }
        for e in m["ready"]?.members ?? [] where e.key == "command" { check(e.value, always, "ready", &self) }
        for e in m["environment"]?.members ?? [] {
            let isName = e.key.utf8.enumerated().allSatisfy { i, c in
                c == 0x5f || c >= 0x41 && c <= 0x5a || c >= 0x61 && c <= 0x7a || i > 0 && c >= 0x30 && c <= 0x39
            }
            if isName, !e.key.isEmpty { continue }
            report(
                .badValue, "`\(e.key)` cannot be a variable of the environment: letters, digits and _ make its name",
                e.keySpan)
        }
    }
    private mutating func addresses(_ node: YAMLNode?) -> [String: String] {
        var out: [String: String] = [:]
        for e in entries(node, "addresses") ?? [] {
            if let s = address(e.value, e.key, allowsPlaceholder: true) { out[e.key] = s }
        }
        return out
    }
    mutating func table(_ node: YAMLNode?, _ what: String) -> [String: String] {
        var out: [String: String] = [:]
        for e in entries(node, what) ?? [] { if let s = text(e.value, e.key) { out[e.key] = s } }
        return out
    }
    /// Reads `HOST:PORT`. The host is not resolved here.
    mutating func address(_ node: YAMLNode?, _ what: String, allowsPlaceholder: Bool = false) -> String? {
        guard let node, let s = text(node, what) else { return nil }
        // A URL is parsed where its protocol is known.
        if allowsPlaceholder, s.contains("://") { return s }
        if let colon = s.lastIndex(of: ":"), colon > s.startIndex {
            let port = s[s.index(after: colon)...]
            let isNumber = port.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } && UInt16(port) != nil
            if isNumber || allowsPlaceholder && port == "{port}" { return s }
        }
        report(
            .badValue, "\(what) is HOST:PORT\(allowsPlaceholder ? ", HOST:{port} or a URL" : ""), this is `\(s)`",
            node.span)
        return nil
    }
}
