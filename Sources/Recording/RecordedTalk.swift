internal import Capture
internal import Node

/// What was collected, in order.
struct RecordedTalk: Sendable {
    var name: String
    var definition: Definition
    var events: [RecordedEvent]
    var flows: [Int: RecordedFlow]
    var tally: Tally
    var nodes: [NodeAddress]
}
