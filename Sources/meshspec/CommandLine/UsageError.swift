/// Why a command line was refused.
struct UsageError: Error {
    var message: String
    /// Lines below it that show where it is wrong, made fit for a terminal.
    var excerpt = ""
    init(_ message: String, excerpt: String = "") {
        self.message = message
        self.excerpt = excerpt
    }
}
