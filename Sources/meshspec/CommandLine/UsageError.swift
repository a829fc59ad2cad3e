/// Why a command line was refused.
struct UsageError: Error {
    var message: String
    /// Lines below it that show where it is wrong, made fit for a terminal.
    var excerpt = ""

    init(_ message: String, excerpt: String = "") {
        self.message = message
        self.excerpt = excerpt
    }
    /// A name that is none of the known ones; `what` says of which things.
    init(no what: String, called name: String, of known: [String]) {
        self.init("no \(what) is called `\(name)`\(Suggestion.nearest(name, known))")
    }
    /// Runs `body`, whose errors are mistakes on the command line; `prefix` stands before them.
    static func wrap<T>(_ prefix: String = "", _ body: () throws -> T) throws(UsageError) -> T {
        do { return try body() } catch { throw UsageError(prefix + "\(error)") }
    }
}
