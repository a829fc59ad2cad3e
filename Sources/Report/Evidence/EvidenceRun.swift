public import Capture
public import Node

/// What is known of the run that a case was part of, for its evidence.
public struct EvidenceRun: Sendable {
    /// Version of the program.
    public var version: String
    /// The node under test, in words.
    public var target: String
    /// Profile and parameters that both sides kept to.
    public var settings: Settings
    /// Values of scenario parameters that the command line gave.
    public var parameters: [String: String]
    /// When the case began; nil in virtual time, which begins at 1970-01-01 in the capture.
    public var began: Timestamp?
    /// The command that runs the case again in the folder of the run, as a line of a shell.
    public var command: String
    /// All of it.
    public init(
        version: String, target: String, settings: Settings, parameters: [String: String] = [:],
        began: Timestamp?, command: String
    ) {
        self.version = version
        self.target = target
        self.settings = settings
        self.parameters = parameters
        self.began = began
        self.command = command
    }
}
