internal import Node

/// One connection of the node under test.
struct RecordedFlow: Sendable {
    var number: Int
    var client: Endpoint
    var server: Endpoint
    var transport: Transport
    var protocolName: String
    /// True if the node under test opened it.
    var isOpenedByNode: Bool
    /// True if the capture contains its beginning.
    var isWhole: Bool
    /// The resource that the opener requested, if the protocol has a resource for each connection.
    var target: String?
    /// The path in the layers of the messages that the scenario sends on it.
    var path: String?
    /// The endpoint that the scenario plays.
    var ours: Endpoint { isOpenedByNode ? server : client }
    /// The endpoint of the node under test.
    var theirs: Endpoint { isOpenedByNode ? client : server }
}
