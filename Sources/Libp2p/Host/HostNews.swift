public import Node

/// A stream of a connection.
public struct HostStream: Hashable, Sendable {
    public let link: LinkID
    /// The path of channels to the stream, one channel for each layer that has channels.
    public let path: [ChannelID]
    init(_ link: LinkID, _ path: [ChannelID]) { (self.link, self.path) = (link, path) }
}

extension HostStream: Comparable {
    /// Orders streams by connection, then by path.
    public static func < (a: Self, b: Self) -> Bool {
        a.link == b.link ? a.path.lexicographicallyPrecedes(b.path) : a.link < b.link
    }
}

/// An event of a `Host`.
public enum HostNews: Equatable, Sendable {
    /// The first connection with a peer is established.
    case connected(PeerID, at: Endpoint, by: Opener)
    /// The peer identified itself, at first or in a push. The value holds everything known of it.
    case identified(PeerID, Identified)
    /// A protocol, given by its id, is agreed on for a stream with a peer.
    case opened(HostStream, PeerID, String, by: Opener)
    /// No protocol was agreed on for a stream that this host opened, or its connection ended before.
    case refused(HostStream)
    /// The next bytes of a stream, in chunks of any size.
    case received(HostStream, [UInt8])
    /// The other side ended its direction of a stream. `isOver`: this side's direction ended too, because the stream
    /// was reset or its connection ended.
    case ended(HostStream, isOver: Bool)
    /// The last connection with a peer ended.
    case disconnected(PeerID, at: Endpoint, by: Opener)
    /// No peer answers at the address, or not the expected one.
    case unreachable(Endpoint)
}
