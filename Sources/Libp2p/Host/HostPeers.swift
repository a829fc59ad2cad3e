public import Node
import Wire

// What a host knows of others.
extension Host {
    /// The signed record of where it listens, an `Envelope` as bytes.
    public var ownRecord: [UInt8] { Envelope(of: identity, at: place.addresses, place.sequence).encoded() }
    /// Peers with which a connection stands, in order of their ids.
    public var connected: [PeerID] { peers.keys.sorted() }
    /// What a peer said of itself; nil: nothing yet.
    public func identified(_ peer: PeerID) -> Identified? { peers[peer]?.identified }
    /// Where the oldest connection with a peer leads, and who opened it.
    public func connection(_ peer: PeerID) -> (at: Endpoint, by: Opener)? {
        peers[peer]?.links.first.flatMap { connections[$0] }.map { ($0.at, $0.opener) }
    }
    /// What is spoken on a stream; nil: nothing is agreed on, or it is over.
    public func spoken(on stream: HostStream) -> String? { connections[stream.link]?.streams[stream.path] }
    /// Connections that stand or will.
    public var connectionCount: Int { connections.count }
}
