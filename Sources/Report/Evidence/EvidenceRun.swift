public import Capture
public import Node

/// The properties of a run that the evidence of its cases needs.
public struct EvidenceRun: Sendable {
    /// The version of the program.
    public var version: String
    /// A description of the node under test.
    public var target: String
    /// The profile and the parameters that both sides used.
    public var settings: Settings
    /// The values of scenario parameters from the command line.
    public var parameters: [String: String]
    /// The start of the case; nil in virtual time, which begins at 1970-01-01 in the capture.
    public var began: Timestamp?
    /// The command that repeats the case in the folder of the run, as a shell command line.
    public var command: String
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
