import Node

extension InnerMessages {
    /// The subscriptions, messages and control messages in an RPC.
    static let gossipsub = Self(
        of: RPC.self,
        [
            Kind(Subscription.self, at: "rpc.subscriptions"), Kind(PublishedMessage.self, at: "rpc.publish"),
            Kind(IHave.self, at: "rpc.control.ihave"), Kind(IWant.self, at: "rpc.control.iwant"),
            Kind(Graft.self, at: "rpc.control.graft"), Kind(Prune.self, at: "rpc.control.prune"),
            Kind(IDontWant.self, at: "rpc.control.idontwant"),
        ])
}
