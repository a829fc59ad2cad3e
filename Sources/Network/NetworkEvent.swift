public import Node

/// What happened on the caller's own links, and what nodes reported.
public enum NetworkEvent: Sendable {
    case opened(LinkID, peer: Endpoint, through: ListenerID?)
    case received(LinkID, [UInt8])
    case ended(LinkID, Ending)
    case failed(LinkID, NetworkError)
    case reported(NodeID, Event)
}
