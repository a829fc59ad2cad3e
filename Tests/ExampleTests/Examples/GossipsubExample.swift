import Gossipsub
import Wire

/// What a peer says to subscribe to a topic, behind its length.
func subscribe(_ topic: String) -> [UInt8] {
    var subscription = Subscription()
    subscription.subscribe = true
    subscription.topic = Text(topic)
    var content = RPCContent()
    content.subscriptions = [subscription]
    return RPC(content).encoded()
}
/// The topics that a peer wants.
func topics(_ rpc: [UInt8]) throws(WireError) -> [Value] {
    try RPC(copying: rpc).rpc.subscriptions.filter { $0.subscribe == true }.compactMap { $0.value()["topic"] }
}
