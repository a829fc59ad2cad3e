internal import Node

/// One connection of the node under test.
struct RecordedFlow: Sendable {
    var number: Int
    var client: Endpoint
    var server: Endpoint
    var transport: Transport
    var protocolName: String
    /// The node under test opened it.
    var isOpenedByNode: Bool
    /// Its beginning is in the capture.
    var isWhole: Bool
    /// What its opener wanted there, where the protocol has each connection say so.
    var target: String?
    /// The place among its layers of what the scenario says on it.
    var path: String?
    /// The end that the scenario plays.
    var ours: Endpoint { isOpenedByNode ? server : client }
    /// The end of the node under test.
    var theirs: Endpoint { isOpenedByNode ? client : server }
}
