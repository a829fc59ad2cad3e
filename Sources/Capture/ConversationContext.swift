import Node

/// What all records of a connection share.
struct ConversationContext {
    var flow: Int
    var client: Endpoint
    var server: Endpoint
    var transport: Transport
    var protocolName: String
    var observer: any Observer
    /// Makes an onlooker that has seen nothing, as for a capture that begins inside a connection.
    var fresh: @Sendable () -> any Observer
}

/// Where bytes came from.
struct Mark {
    var frame: Int
    var time: Timestamp
}
