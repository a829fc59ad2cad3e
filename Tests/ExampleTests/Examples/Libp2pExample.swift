import Libp2p

/// Where a peer listens, and who it is: from `/ip4/127.0.0.1/tcp/4001/p2p/12D3..`; nil for what is no such address.
func dialed(_ text: String) -> String? {
    guard let address = Multiaddr(text), let endpoint = address.endpoint, let peer = address.peer else { return nil }
    return "\(peer) at \(endpoint)"
}
