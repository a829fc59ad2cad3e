public import Capture
public import Node
public import Scenario

/// The options for making a scenario from a capture.
public struct RecordingOptions: Sendable {
    /// The name of the case; nil to derive it from the name of the capture.
    public var id: String?
    /// The longest pause before something is sent. Longer pauses are shortened to it. Nil keeps all pauses.
    public var longestWait: Duration?
    /// The longest time for all pauses together. Shortened pauses are reported as losses. Nil sets no limit.
    public var longestInAll: Duration?
    /// The limits for the scenario file.
    public var limits = YAMLLimits.generated
    /// The number of bytes of step text to keep. A longer text is made again for each request.
    var kept = 4 << 20
    /// Creates options that keep the timing of the capture.
    public init() {}
}

/// A scenario made from a capture.
public struct Recording: Sendable {
    /// The number of steps above which a scenario is long. The beginning of a long scenario shows whether it works.
    public static let long = 2000

    /// The part of the file above the steps.
    var head: ScenarioHead
    /// The text of the steps. For a long scenario it is the beginning, with more than `long` steps.
    var parts: [StepsPart]
    /// The writer that makes the text of a long scenario; nil if `parts` holds the whole text.
    var maker: ScenarioWriter?
    /// The number of steps in the outermost list.
    public var stepCount: Int
    var acceptances: [Acceptance]
    /// The name of the case.
    public var id: String
    /// The name of the protocol.
    public var protocolName: String
    /// The content of the capture that the scenario lacks, one line each. The file has these lines as comments too.
    public var losses: [String]
    /// The profile and parameters that fit the capture best. `recorded` names those that differ from their presets.
    public internal(set) var settings: Settings
    /// Replaces the profile and the parameters.
    public mutating func set(_ other: Settings, _ definition: Definition) {
        settings = other
        head.recorded.set(other, definition)
    }
    /// The message that each step of the outermost list is about, by the number of the step from 1.
    public var origins: [Int: Origin]

    /// The text above the steps, formatted.
    public var header: String { head.text }
    /// The scenario file, formatted.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
    /// The scenario file in UTF-8. It is large for a long scenario: see `eachPiece`.
    public var bytes: [UInt8] {
        var out = Array(header.utf8)
        each { out += $0.text }
        return out
    }
    /// The key `recorded` of the file: profile, parameters and other facts about the recording.
    public var recorded: RecordedScenario {
        get { head.recorded }
        set { head.recorded = newValue }
    }

    /// The kind of the node under test, in the protocol's terms; nil if it is not set.
    public var kind: String? {
        get { head.kind }
        set { head.kind = newValue }
    }

    /// The message of the capture that a step represents.
    public struct Origin: Sendable {
        /// The number of the record, as `decode` counts; 0 for the end of a connection.
        public var number: Int
        /// The frames that contained it.
        public var frames: FrameNumbers
        /// The time since the first packet, such as `+0.001720`.
        public var since: String
        /// The endpoint of the sender.
        public var source: Endpoint
        /// The endpoint of the receiver.
        public var destination: Endpoint
        /// The name of the message, or a description of other content.
        public var name: String
        /// The bytes; empty for the end of a connection.
        public var bytes: [UInt8]
    }
}
