import Node

/// What both directions of a conversation share.
struct ConversationContext {
    let ends: FlowEnds
    /// Name of the layer, or of the protocol.
    let protocolName: String
    /// The user says that it is this protocol, whatever it looks like.
    let isClaimed: Bool
    let observer: PassiveObserver
    var streams: PerDirection<MessageStream>
    /// Where it stands in the connection, such as `websocket/peerpigeon`; empty for a protocol on the transport itself.
    let path: String
    /// What it carries; nil where that is nothing.
    let carrier: Carrier?
    /// The side that opened its stream is the server of the connection.
    let isSwapped: Bool

    /// A protocol, on the transport or on a layer.
    init(
        _ definition: Definition, _ ends: FlowEnds, _ shared: borrowing FlowContext, path: String = "",
        isSwapped: Bool = false
    ) {
        self.ends = ends
        (self.path, self.isSwapped, carrier) = (path, isSwapped, nil)
        protocolName = definition.name
        isClaimed =
            path.isEmpty && shared.guess.byRule(ends.client, ends.server, .tcp)?.name == definition.name
        observer = PassiveObserver.boxed(definition.observer(nil, shared.scrutiny))
        streams = PerDirection { MessageStream(StreamCutter(definition.framing(nil), $0)) }
    }
    /// A layer of a protocol.
    init(
        _ layer: LayerDefinition, of definition: Definition, _ ends: FlowEnds, _ shared: borrowing FlowContext,
        path: String, isSwapped: Bool = false
    ) {
        self.ends = ends
        (self.path, self.isSwapped) = (path, isSwapped)
        protocolName = layer.name
        isClaimed =
            isBottom(path) && shared.guess.byRule(ends.client, ends.server, .tcp)?.name == definition.name
        observer = PassiveObserver.boxed(layer.observer(nil, shared.scrutiny))
        let reader = LayerReader(layer, isSwapped: isSwapped)
        carrier = Carrier(reader, layer, of: definition, path)
        streams = PerDirection { MessageStream(StreamCutter(reader, $0)) }
    }
}

private func isBottom(_ path: String) -> Bool { !path.contains("/") }
