public import Node
internal import Wire

/// The capabilities that a node has or lacks, declared in its target file or in a file of their own.
public struct Capabilities: Sendable, Equatable {
    /// The capabilities that the node lacks. It claims all others.
    public var lacks: Set<String> = []
    /// The capabilities that the file declares, as present or as missing.
    public var declared: Set<String> = []
    /// The values of capabilities that are declared with more than `true`.
    public var values: [String: String] = [:]

    /// Creates a set without declarations: the node claims everything.
    public init() {}
    /// The declaration of a capability: `true`, `false` or a value; nil if it is not declared.
    public subscript(name: String) -> String? {
        declared.contains(name) ? lacks.contains(name) ? "false" : values[name] ?? "true" : nil
    }
}

extension Capabilities {
    /// Loads a capability file for a node of a protocol. If `definition` is nil, the file names the protocol. Returns
    /// nil with at least one error if the file cannot be used.
    public static func load(
        _ source: SourceFile, _ library: Library, for definition: Definition?
    ) -> (capabilities: Capabilities?, diagnostics: [Diagnostic]) {
        Loader.load(source, library) { loader, root in
            loader.definition = definition
            return loader.capabilityFile(root)
        }
    }
}

extension Loader {
    /// Reads a map of capabilities, or the name of a file that contains one.
    mutating func capabilities(_ node: YAMLNode?) -> Capabilities {
        guard let node, let definition, case .scalar = node.content else { return capabilityMap(node) }
        guard let name = text(node, "capabilities") else { return Capabilities() }
        guard let file = library.file(name, source.name) else {
            report(.badValue, "the capability file `\(name)` cannot be read", node.span, "beside \(source.name)")
            return Capabilities()
        }
        guard file.begins(with: "meshspec-capabilities") else {
            report(
                .badValue, "`\(name)` is no capability file", node.span,
                "the first key of a capability file is `meshspec-capabilities: 1`")
            return Capabilities()
        }
        let (made, problems) = Capabilities.load(file, library, for: definition)
        diagnostics += problems
        return made ?? Capabilities()
    }
    mutating func capabilityFile(_ root: YAMLNode) -> Capabilities? {
        version(root, "meshspec-capabilities")
        guard let m = members(root, .capabilities) else { return nil }
        if let node = m["protocol"] {
            guard let named = protocolNamed(node) else { return nil }
            if let definition, named.name != definition.name {
                report(
                    .badValue, "these are capabilities of \(named.name), not of \(definition.name)", node.span)
                return nil
            }
            definition = named
        }
        return capabilityMap(m["capabilities"])
    }
    mutating func capabilityMap(_ node: YAMLNode?) -> Capabilities {
        var out = Capabilities()
        let known = definition?.configuration.capabilities.map(\.name) ?? []
        for c in entries(node, "capabilities") ?? [] {
            if !known.contains(c.key) { unknown(.unknownCapability, "capability", c.key, known, c.keySpan) }
            out.declared.insert(c.key)
            guard let s = text(c.value, c.key) else { continue }
            switch s {
            case "true": break
            case "false": out.lacks.insert(c.key)
            default:
                // Other spellings of a truth value would silently claim the capability that they are meant to deny.
                if case .scalar(_, isQuoted: false) = c.value.content, let meant = Self.truth(s) {
                    report(
                        .badValue, "\(c.key) is true, false or a value of its own", c.value.span,
                        NearestName.question("\(meant)"))
                }
                out.values[c.key] = s
            }
        }
        return out
    }
    /// Returns the truth value of a word of YAML 1.1, in any case; nil if the word is not a truth value.
    static func truth(_ word: String) -> Bool? {
        switch word.lowercased() {
        case "true", "yes", "y", "on": true
        case "false", "no", "n", "off", "null", "~", "none": false
        default: nil
        }
    }
}
