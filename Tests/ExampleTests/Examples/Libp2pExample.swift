import Libp2p

/// Returns the peer and its endpoint from an address such as `/ip4/127.0.0.1/tcp/4001/p2p/12D3..`, or nil if the
/// address is invalid.
func dialed(_ text: String) -> String? {
    guard let address = Multiaddr(text), let endpoint = address.endpoint, let peer = address.peer else { return nil }
    return "\(peer) at \(endpoint)"
}
