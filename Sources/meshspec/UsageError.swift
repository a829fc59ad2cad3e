/// Why a command line was refused.
struct UsageError: Error {
    var message: String
    init(_ message: String) { self.message = message }
}
