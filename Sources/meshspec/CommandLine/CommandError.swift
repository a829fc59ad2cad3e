import Network
import Node
import Report

/// The reason why a command ends early, apart from mistakes on the command line.
struct CommandError: Error, CustomStringConvertible {
    var status: Int32
    /// The text for the user; empty if it was printed before.
    var message: String
    var description: String { message }

    init(status: Int32 = ExitCode.environment, _ message: String = "") {
        self.status = status
        self.message = message
    }
    /// Wraps an error. The status is `ExitCode.usage` for a malformed address or an invalid setting, and
    /// `ExitCode.environment` for the rest. A `CommandError` stays as it is.
    init(_ error: any Error) {
        if let known = error as? Self {
            self = known
        } else {
            let isUsage = error is SettingsError || (error as? NetworkError)?.isMalformed ?? false
            self.init(status: isUsage ? ExitCode.usage : ExitCode.environment, "\(error)")
        }
    }
}
