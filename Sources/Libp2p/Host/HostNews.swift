public import Node

/// A stream of a connection.
public struct HostStream: Hashable, Sendable {
    public let link: LinkID
    /// The channels that lead to it, one for each layer that has some.
    public let path: [ChannelID]
    init(_ link: LinkID, _ path: [ChannelID]) { (self.link, self.path) = (link, path) }
}

extension HostStream: Comparable {
    /// By the connection, then by the channels.
    public static func < (a: Self, b: Self) -> Bool {
        a.link == b.link ? a.path.lexicographicallyPrecedes(b.path) : a.link < b.link
    }
}

/// What happened to a `Host`.
public enum HostNews: Equatable, Sendable {
    /// The first connection with a peer stands.
    case connected(PeerID, at: Endpoint, by: Opener)
    /// It said who it is, now or in a push: all that is known.
    case identified(PeerID, Identified)
    /// A stream with a peer carries a protocol, by its id.
    case opened(HostStream, PeerID, String, by: Opener)
    /// On a stream that we opened nothing was agreed on, or its connection ended before.
    case refused(HostStream)
    /// The next bytes of a stream, cut anywhere.
    case received(HostStream, [UInt8])
    /// The other side says no more on a stream. `isOver`: nor can we; it was reset, or its connection ended.
    case ended(HostStream, isOver: Bool)
    /// The last connection with a peer ended.
    case disconnected(PeerID, at: Endpoint, by: Opener)
    /// Nobody answers there, or nobody that was expected.
    case unreachable(Endpoint)
}
