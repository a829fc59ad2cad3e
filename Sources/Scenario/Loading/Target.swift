public import Node

/// The node under test as its file describes it.
public struct Target: Sendable {
    /// What is tested, for reports.
    public var name: String
    /// Name of the protocol's `Definition`.
    public var protocolName: String
    /// Profile and parameters, those of the command line before those of the file.
    public var settings: Settings
    /// `HOST:PORT`, or with `{port}` for a port that the harness picks.
    public var address: String?
    /// Where we listen for it to dial us.
    public var listen: String?
    /// Capabilities that it does not have. All others it claims.
    public var lacks: Set<String>
    /// Shell command that starts it.
    public var start: String?
    /// Shell command that makes it dial `{address}`.
    public var dial: String?
    /// Folder that commands run in.
    public var folder: String
}

extension Target {
    /// Loads a target file. `overrides` are parameters and a profile given on the command line.
    public static func load(
        _ source: SourceFile, _ library: Library, folder: String, profile: String? = nil,
        parameters: [String: String] = [:]
    ) -> (target: Target?, diagnostics: [Diagnostic]) {
        let (root, problems) = YAMLTree.read(source)
        guard let root else { return (nil, problems) }
        var loader = Loader(source, library)
        loader.diagnostics = problems
        let made = loader.target(root, folder, profile, parameters)
        let all = loader.sorted
        return (all.contains { $0.severity == .error } ? nil : made, all)
    }
}

extension Loader {
    mutating func target(
        _ root: YAMLNode, _ folder: String, _ profile: String?, _ overrides: [String: String]
    ) -> Target? {
        version(root, "meshspec-target")
        guard let m = members(root, .target), let node = m["protocol"], let name = text(node, "protocol") else {
            return nil
        }
        guard let definition = library.definition(name) else {
            unknown(.unknownProtocol, "protocol", name, library.definitions.map(\.name), node.span)
            return nil
        }
        self.definition = definition
        var parameters: [String: String] = [:]
        if let node = m["parameters"] {
            if case .mapping(let all) = node.content {
                for p in all { if let v = text(p.value, p.key) { parameters[p.key] = v } }
            } else {
                report(.wrongShape, "parameters are a map, this is \(node.shape)", node.span)
            }
        }
        let own = parameters
        parameters.merge(overrides) { $1 }
        var settings: Settings?
        do throws(SettingsError) {
            settings = try definition.settings(profile: profile ?? text(m["profile"], "profile"), parameters)
        } catch {
            let node =
                error.name == "profile" ? m["profile"] : own[error.name].flatMap { _ in m["parameters"]?[error.name] }
            report(.badValue, error.description, node?.span ?? head(root))
        }
        var lacks: Set<String> = []
        if let node = m["capabilities"] {
            guard case .mapping(let all) = node.content else {
                report(.wrongShape, "capabilities are a map of true and false, this is \(node.shape)", node.span)
                return nil
            }
            for c in all {
                let known = definition.capabilities.map(\.name)
                if !known.contains(c.key) { unknown(.unknownCapability, "capability", c.key, known, c.keySpan) }
                if flag(c.value, c.key) == false { lacks.insert(c.key) }
            }
        }
        let control = m["control"].flatMap { members($0, .control) } ?? [:]
        let title = text(m["name"], "name") ?? "node"
        let place = address(m["address"], "address", allowsPlaceholder: true)
        let listen = address(m["listen"], "listen")
        let start = text(control["start"], "start")
        let dial = text(control["dial"], "dial")
        guard let settings else { return nil }
        return Target(
            name: title, protocolName: name, settings: settings,
            address: place, listen: listen, lacks: lacks, start: start, dial: dial, folder: folder)
    }
    /// `HOST:PORT`; whether there is such a host shows when it is used.
    mutating func address(_ node: YAMLNode?, _ what: String, allowsPlaceholder: Bool = false) -> String? {
        guard let node, let s = text(node, what) else { return nil }
        if let colon = s.lastIndex(of: ":"), colon > s.startIndex {
            let port = s[s.index(after: colon)...]
            let isNumber = port.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } && UInt16(port) != nil
            if isNumber || allowsPlaceholder && port == "{port}" { return s }
        }
        report(
            .badValue, "\(what) is HOST:PORT\(allowsPlaceholder ? ", or HOST:{port}" : ""), this is `\(s)`", node.span)
        return nil
    }
}
