/// A command: what it is called, what it takes, what it does.
struct Command: Sendable {
    var name: String
    var summary: String
    /// Operands as the usage line shows them.
    var operands: String
    var options: [Option]
    /// Command lines with what they are for.
    var examples: [(line: String, purpose: String)]
    /// More to say, such as exit statuses.
    var notes: String = ""
    /// Returns the exit status. `UsageError` and `CommandError` say what is wrong with the command line or with what it
    /// names; any other error is one of the environment.
    var body: @Sendable (Invocation) throws -> Int32
}

extension Invocation {
    /// The words after the name of a command, as it takes them.
    init(_ command: Command, _ arguments: [String]) throws(UsageError) {
        try self.init(options: command.options, hasOperands: !command.operands.isEmpty, arguments)
    }
}
