public import Capture
public import Node
public import Scenario

/// How a scenario is made out of a capture.
public struct RecordingOptions: Sendable {
    /// Name of the case; nil: from that of the capture.
    public var id: String?
    /// Longest pause before something is sent; longer ones are cut to it. Nil: as they were.
    public var longestWait: Duration?
    /// All pauses together take at most this long, and what is cut of them is a loss. Nil: as long as they are.
    public var longestInAll: Duration?
    /// How large the scenario file may be.
    public var limits = YAMLLimits.generated
    /// Bytes of the text of the steps that are kept; a longer text is made again each time that it is asked for.
    var kept = 4 << 20
    /// As the capture was.
    public init() {}
}

/// A scenario made out of a capture.
public struct Recording: Sendable {
    /// More steps make a long scenario, of which the beginning tells how it fares.
    public static let long = 2000

    /// What stands above the steps.
    var head: ScenarioHead
    /// The text of the steps; of a long one the beginning, of more steps than `long`.
    var parts: [StepsPart]
    /// Makes the text of a long one from its beginning; nil where all of it is there.
    var maker: ScenarioWriter?
    /// How many steps there are in the outermost list.
    public var stepCount: Int
    var acceptances: [Acceptance]
    /// Name of the case.
    public var id: String
    /// Name of the protocol.
    public var protocolName: String
    /// What the scenario does not say although the capture does, a line each; they stand in the file as comments too.
    public var losses: [String]
    /// Profile and parameters that fit the capture best; `recorded` names those that are not preset.
    public internal(set) var settings: Settings
    /// With other profile and parameters.
    public mutating func set(_ other: Settings, _ definition: Definition) {
        settings = other
        head.recorded.set(other, definition)
    }
    /// What each step of the outermost list is about, by its number from 1.
    public var origins: [Int: Origin]

    /// Everything above the steps, in the common form.
    public var header: String { head.text }
    /// The scenario file, in the common form.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
    /// The same, in UTF-8. Of a long one it is large: see `eachPiece`.
    public var bytes: [UInt8] {
        var out = Array(header.utf8)
        each { out += $0.text }
        return out
    }
    /// Profile, parameters and what else the file says of how it was made.
    public var recorded: RecordedScenario {
        get { head.recorded }
        set { head.recorded = newValue }
    }

    /// What the node under test is, in the protocol's words; nil where nobody says.
    public var kind: String? {
        get { head.kind }
        set { head.kind = newValue }
    }

    /// The message of the capture that a step stands for.
    public struct Origin: Sendable {
        /// Number of the record, as `decode` counts; 0 for the end of a connection.
        public var number: Int
        /// The frames that it came in.
        public var frames: FrameNumbers
        /// Since the first packet, such as `+0.001720`.
        public var since: String
        /// Who sent it.
        public var source: Endpoint
        /// Whom it was sent to.
        public var destination: Endpoint
        /// Name of the message, or what else it is.
        public var name: String
        /// Its bytes; none for the end of a connection.
        public var bytes: [UInt8]
    }
}
