public import Node
import Wire

// The knowledge of a host about its peers.
extension Host {
    /// The signed record of the addresses where it listens, an `Envelope` as bytes.
    public var ownRecord: [UInt8] { Envelope(of: identity, at: place.addresses, place.sequence).encoded() }
    /// The peers with an established connection, sorted by id.
    public var connected: [PeerID] { peers.keys.sorted() }
    /// Returns the identify data of a peer; nil if none were received.
    public func identified(_ peer: PeerID) -> Identified? { peers[peer]?.identified }
    /// Returns the address of the oldest connection with a peer, and the side that opened it.
    public func connection(_ peer: PeerID) -> (at: Endpoint, by: Opener)? {
        peers[peer]?.links.first.flatMap { connections[$0] }.map { ($0.at, $0.opener) }
    }
    /// Returns the protocol of a stream; nil if no protocol is agreed on, or if the stream is over.
    public func spoken(on stream: HostStream) -> String? { connections[stream.link]?.streams[stream.path] }
    /// The number of connections, including connections that are not established yet.
    public var connectionCount: Int { connections.count }
}
