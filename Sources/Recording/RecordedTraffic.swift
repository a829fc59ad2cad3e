internal import Capture
internal import Node

/// The recorded events in order, with their connections.
struct RecordedTraffic: Sendable {
    var name: String
    var definition: Definition
    var events: [RecordedEvent]
    var flows: [Int: RecordedFlow]
    /// The connections on which nothing was sent in the protocol, but only in a layer below it.
    var silent: [Int] = []
    /// The highest layer of each connection above which nothing could be read, for example because the keys are
    /// missing.
    var unread: [Int: String] = [:]
    var tally: Tally
}
