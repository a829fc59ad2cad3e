/// The reason why a command line was refused.
struct UsageError: Error {
    var message: String
    /// Lines below the message that show the place of the error, escaped for a terminal.
    var excerpt = ""

    init(_ message: String, excerpt: String = "") {
        self.message = message
        self.excerpt = excerpt
    }
    /// Reports a name that is not among the known ones. `what` is the kind of thing that has the name.
    init(no what: String, called name: String, of known: [String]) {
        self.init("no \(what) is called `\(name)`\(Suggestion.nearest(name, known))")
    }
    /// Runs `body` and reports its errors as mistakes on the command line, after `prefix`.
    static func wrap<T>(_ prefix: String = "", _ body: () throws -> T) throws(UsageError) -> T {
        do { return try body() } catch { throw UsageError(prefix + "\(error)") }
    }
}
