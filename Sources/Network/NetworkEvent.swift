public import Node

/// An event on the caller's own links, or a report of a node.
public enum NetworkEvent: Sendable {
    case opened(LinkID, peer: Endpoint, through: ListenerID?)
    case received(LinkID, [UInt8])
    case ended(LinkID, Ending)
    case failed(LinkID, NetworkError)
    case reported(NodeID, Event)
}
