internal import Capture
internal import Node

/// What was collected, in order.
struct RecordedTraffic: Sendable {
    var name: String
    var definition: Definition
    var events: [RecordedEvent]
    var flows: [Int: RecordedFlow]
    var tally: Tally
}
