import Wire

/// All messages with a header, in the order of their types.
let catalogue: [any NanoMessage.Type] = [
    Keepalive.self, Publish.self, ConfirmReq.self, ConfirmAck.self, BulkPull.self, BulkPush.self, FrontierReq.self,
    NodeIDHandshake.self, BulkPullAccount.self, TelemetryReq.self, TelemetryAck.self, AscPullReq.self, AscPullAck.self,
    VoteRelayReq.self, VoteRelayAck.self,
]

/// The items without headers that follow messages of legacy bootstrap.
let streamed: [any Message.Type] = [
    BulkBlock.self, Frontier.self, AccountFrontier.self, PendingAmount.self, PendingAddress.self, PendingBlock.self,
]

/// The message of each type number; nil for unknown types.
private let byType: [(any NanoMessage.Type)?] = {
    var table = [(any NanoMessage.Type)?](repeating: nil, count: 256)
    for message in catalogue { table[Int(message.type.rawValue)] = message }
    return table
}()

extension MessageType {
    /// The message of this type; nil if the type is unknown.
    var message: (any NanoMessage.Type)? { byType[Int(rawValue)] }
}
