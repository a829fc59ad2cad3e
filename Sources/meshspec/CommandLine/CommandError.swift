import Network
import Node
import Report

/// Why a command ends before its work is done, other than for a mistake on the command line.
struct CommandError: Error, CustomStringConvertible {
    var status: Int32
    /// Empty when it was printed already.
    var message: String
    var description: String { message }

    init(status: Int32 = ExitCode.environment, _ message: String = "") {
        self.status = status
        self.message = message
    }
    /// An error of the environment, but for addresses and settings that are none.
    init(_ error: any Error) {
        if let known = error as? Self {
            self = known
        } else {
            let isUsage = error is SettingsError || (error as? NetworkError)?.isMalformed ?? false
            self.init(status: isUsage ? ExitCode.usage : ExitCode.environment, "\(error)")
        }
    }
}
