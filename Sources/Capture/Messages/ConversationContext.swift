import Node

/// What all records of a connection share.
struct ConversationContext {
    let flow: Int
    let client: Endpoint
    let server: Endpoint
    let transport: Transport
    let protocolName: String
    /// The user says that it is this protocol, whatever it looks like.
    var isClaimed = false
    let observer: PassiveObserver
    /// Makes what cuts one direction, or a datagram, into messages.
    private let framing: @Sendable (Settings?) -> any Framing
    /// Keys that came so far.
    var secrets: [Secrets] = []

    init(_ definition: Definition, flow: Int, client: Endpoint, server: Endpoint, _ scrutiny: Scrutiny) {
        (self.flow, self.client, self.server) = (flow, client, server)
        transport = definition.transport
        protocolName = definition.name
        observer = PassiveObserver.place(definition.observer(nil, scrutiny))
        framing = definition.framing
    }
    /// Framing that knows all keys.
    func freshFraming() -> any Framing {
        var out = framing(nil)
        for s in secrets { out.learn(s) }
        return out
    }
}

/// Where bytes came from.
struct Mark {
    var frame: Int
    var time: Timestamp
}
