/// A command of the program, with its help text and its code.
struct Command: Sendable {
    var name: String
    var summary: String
    /// The operands, in the form that the usage line shows.
    var operands: String
    var options: [Option]
    /// Example command lines, each with its purpose.
    var examples: [(line: String, purpose: String)]
    /// Further paragraphs of the help text, such as the exit statuses.
    var notes: String = ""
    /// Runs the command and returns the exit status. It throws `CommandError` or an error that has a code
    /// (`CodedError`). Any other error has its cause in the system.
    var body: @Sendable (Invocation) throws -> Int32
}

extension Invocation {
    /// Parses the words that follow the name of `command`.
    init(_ command: Command, _ arguments: [String]) throws(CommandError) {
        try self.init(options: command.options, hasOperands: !command.operands.isEmpty, arguments)
        self.command = command.name
    }
}
