import Gossipsub
import Wire

/// Returns the message with which a peer subscribes to a topic, with its length before it.
func subscribe(_ topic: String) -> [UInt8] {
    var subscription = Subscription()
    subscription.subscribe = true
    subscription.topic = Text(topic)
    var content = RPCContent()
    content.subscriptions = [subscription]
    return RPC(content).encoded()
}
/// Returns the topics to which a peer subscribes.
func topics(_ rpc: [UInt8]) throws(WireError) -> [Value] {
    try RPC(copying: rpc).rpc.subscriptions.filter { $0.subscribe == true }.compactMap { $0.value()["topic"] }
}
