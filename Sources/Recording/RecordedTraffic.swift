internal import Capture
internal import Node

/// What was collected, in order.
struct RecordedTraffic: Sendable {
    var name: String
    var definition: Definition
    var events: [RecordedEvent]
    var flows: [Int: RecordedFlow]
    /// Connections on which nothing was said in the protocol, but in a layer below it.
    var silent: [Int] = []
    /// The highest layer of connections above which nothing could be read, such as one whose keys nobody has.
    var unread: [Int: String] = [:]
    var tally: Tally
}
