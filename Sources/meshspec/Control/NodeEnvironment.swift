import Node

/// The values that a node has from environment variables instead of options.
struct NodeEnvironment {
    /// The address on which it accepts connections; nil if the variables give none.
    private(set) var listening: String?
    /// The addresses of peers, as with `--connect`.
    private(set) var peers: [String] = []
    /// Values of parameters that the user did not give.
    private(set) var parameters: [String: String] = [:]

    /// Reads the variables of a protocol. An option takes precedence over the variable with the same meaning.
    /// `isConnecting` is true if options name peers.
    init(
        _ invocation: Invocation, _ definition: Definition, isConnecting: Bool,
        _ variable: (String) -> String? = Console.variable
    ) throws(CommandError) {
        guard let variables = definition.configuration.variables,
            invocation[.profile] ?? definition.configuration.profiles.first?.name == variables.profile,
            invocation[.role] ?? variables.kind == variables.kind
        else { return }
        func value(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }
        if !invocation.has(.listen), let text = value(variables.port.name) {
            guard let port = UInt16(text) else {
                throw CommandError(.badValue, at: variables.port.name, expected: "a port, 0 to 65535", found: text)
            }
            listening = "0.0.0.0:\(port)"
        }
        if !isConnecting, let text = value(variables.peers.name) {
            peers = text.split { $0 == "," || $0.isWhitespace }.map(String.init)
        }
        guard listening != nil, !isConnecting, peers.isEmpty else { return }
        let given = try invocation.pairs(.param)
        parameters = variables.alone.filter { given[$0.key] == nil }
    }
    /// The sentences about the variables in the help text, one for each protocol that has some.
    static var help: String {
        Registry.definitions.compactMap { definition in
            definition.configuration.variables.map { variables in
                """
                A \(variables.kind) of \(definition.name) with --profile \(variables.profile) also reads environment variables.
                Without --listen it reads \(variables.port.name), \(variables.port.summary), and accepts connections on all IPv4 addresses.
                Without --connect it reads \(variables.peers.name), \(variables.peers.summary), with commas between them.
                """
            }
        }.joined(separator: "\n")
    }
}
