import Node

/// What both directions of a conversation share.
struct ConversationContext {
    let ends: FlowEnds
    let protocolName: String
    /// The user says that it is this protocol, whatever it looks like.
    let isClaimed: Bool
    let observer: PassiveObserver
    var streams: PerDirection<MessageStream>

    init(_ definition: Definition, _ ends: FlowEnds, _ shared: borrowing FlowContext) {
        self.ends = ends
        protocolName = definition.name
        isClaimed = shared.guess.byRule(ends.client, ends.server, .tcp)?.name == definition.name
        observer = PassiveObserver.boxed(definition.observer(nil, shared.scrutiny))
        streams = PerDirection { _ in MessageStream(definition.framing(nil)) }
    }
}
