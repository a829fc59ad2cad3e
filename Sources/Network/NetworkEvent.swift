public import Node

/// An event on the caller's own links, or a report of a node.
public enum NetworkEvent: Sendable {
    case opened(LinkID, peer: Endpoint, through: ListenerID?)
    case received(LinkID, [UInt8])
    case ended(LinkID, Ending)
    case failed(LinkID, NetworkError)
    case reported(NodeID, Event)
    /// An event of a data channel. The link takes the place of the number in the event.
    case channel(LinkID, ChannelEvent)
}

/// The identifier of a node that a driver runs.
public struct NodeID: Hashable, Comparable, Sendable {
    /// The number in the order in which nodes were added, from 1.
    public var number: Int
    /// Compares by number.
    public static func < (a: Self, b: Self) -> Bool { a.number < b.number }
}

/// A datagram that a node which opens the caller's data channels sends or receives.
public struct CarriedDatagram: Sendable {
    public let carrier: NodeID
    /// The link between its socket and the other side.
    public let link: LinkID
    public let isSent: Bool
    public let bytes: [UInt8]

    /// Creates a datagram.
    public init(carrier: NodeID, link: LinkID, isSent: Bool, bytes: [UInt8]) {
        (self.carrier, self.link, self.isSent, self.bytes) = (carrier, link, isSent, bytes)
    }
}

/// An event of a link that is known before the event loop is asked.
enum PendingEvent {
    /// A link over UDP, which is open at once.
    case opened(Endpoint)
    case failed(NetworkError)
    /// Some of the sent bytes wait.
    case unsent
    /// The link over UDP was removed for another one.
    case displaced
    /// The peer over UDP does not listen.
    case broken
}
