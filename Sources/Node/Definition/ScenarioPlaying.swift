public import Wire

/// The names, functions and values with which scenarios of a protocol create messages.
public struct ScenarioPlaying: Sendable {
    /// The signature schemes; scenarios sign with the first one.
    public var algorithms: [SignatureAlgorithm]
    /// Returns the default values of message fields that a scenario leaves out, such as the network and versions of
    /// a header.
    public var defaults: @Sendable (Settings) -> Value
    /// Returns the names that expressions may use, such as `genesis`.
    public var constants: @Sendable (Settings) -> [Value.Entry]
    /// Returns the times that expressions may use, such as `idle_timeout`; no constant has the same name.
    public var durations: @Sendable (Settings) -> [(name: String, duration: Duration)]
    /// Draws fields that are new for each case of each run. Expressions may use their names, which no constant has.
    /// Messages have these values in place of `defaults`.
    public var drawn: @Sendable (inout Random) -> [Value.Entry]
    /// The functions that expressions may call besides the general ones.
    public var functions: [ProtocolFunction]
    /// Creates the vocabulary; arguments that are left out have their defaults.
    public init(
        algorithms: [SignatureAlgorithm] = [],
        defaults: @escaping @Sendable (Settings) -> Value = { _ in .map([]) },
        constants: @escaping @Sendable (Settings) -> [Value.Entry] = { _ in [] },
        durations: @escaping @Sendable (Settings) -> [(name: String, duration: Duration)] = { _ in [] },
        drawn: @escaping @Sendable (inout Random) -> [Value.Entry] = { _ in [] },
        functions: [ProtocolFunction] = []
    ) {
        self.algorithms = algorithms
        self.defaults = defaults
        self.constants = constants
        self.durations = durations
        self.drawn = drawn
        self.functions = functions
    }
}
