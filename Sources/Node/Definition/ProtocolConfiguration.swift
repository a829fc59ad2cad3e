/// A setting that a protocol takes, such as `network`.
public struct Parameter: Hashable, Sendable {
    /// The name, as in `--param name=value` and in files.
    public var name: String
    /// A description in one line.
    public var summary: String
    /// The allowed values.
    public var choices: [String]
    /// The default value.
    public var preset: String
    /// The values that are known but not supported, with the reason.
    public var refused: [String: String]
    /// Creates a parameter with its choices.
    public init(
        _ name: String, _ summary: String, choices: [String], preset: String, refused: [String: String] = [:]
    ) {
        self.name = name
        self.summary = summary
        self.choices = choices
        self.preset = preset
        self.refused = refused
    }
}

/// A well-known port and the setting that it implies.
public struct Port: Hashable, Sendable {
    public var number: UInt16
    /// The implied values of parameters, by name.
    public var implies: [String: String]
    /// Creates a port with the values of parameters that it implies.
    public init(_ number: UInt16, _ implies: [String: String] = [:]) {
        self.number = number
        self.implies = implies
    }
}

/// The settings, abilities and well-known ports of a protocol.
public struct ProtocolConfiguration: Sendable {
    /// The ports on which captures look for the protocol.
    public var ports: [Port]
    /// The profiles; the first one is the default.
    public var profiles: [Named]
    /// The settings besides the profile.
    public var parameters: [Parameter]
    /// The optional abilities of a node. Scenarios need them, target files deny them.
    public var capabilities: [Named]
    /// Returns the capabilities that no node with these settings has.
    public var lacks: @Sendable (Settings) -> Set<String>
    /// The capabilities that a node elsewhere may have although `lacks` returns them, because the settings only
    /// describe the reference node. If the user declares one of them, its cases run.
    public var declarable: Set<String>
    /// Returns the parameters that have no effect on a reference node of this kind over sockets, each with the
    /// reason.
    public var idle: @Sendable (Settings, _ kind: String?) -> [Named]
    /// The environment variables of a node; nil if it reads none.
    public var variables: NodeVariables?
    /// Creates a configuration; arguments that are left out have their defaults.
    public init(
        ports: [Port] = [],
        profiles: [Named],
        parameters: [Parameter] = [],
        capabilities: [Named] = [],
        lacks: @escaping @Sendable (Settings) -> Set<String> = { _ in [] },
        declarable: Set<String> = [],
        idle: @escaping @Sendable (Settings, _ kind: String?) -> [Named] = { _, _ in [] },
        variables: NodeVariables? = nil
    ) {
        self.ports = ports
        self.profiles = profiles
        self.parameters = parameters
        self.capabilities = capabilities
        self.lacks = lacks
        self.declarable = declarable
        self.idle = idle
        self.variables = variables
    }
}
