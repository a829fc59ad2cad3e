import Wire

/// News of a peer in gossip between hubs: `peer-announce-relay`, as in the design document, or that the peer left.
struct PeerNews {
    var peer: PeerID
    /// The network; nil: the peer left.
    var network: NetworkName?
    /// The announced data, with `peerId` and `isHub`.
    var data: Value
    /// The time in milliseconds since 1970, by the clock of the peer's hub.
    var stamp: Int64

    static let subtype = "peer-announcement"
    private static let announces = "peer-announce-relay"
    private static let leaves = "peer-disconnected"

    init(_ peer: PeerID, _ network: NetworkName?, _ data: Value, stamp: Int64) {
        (self.peer, self.network, self.data, self.stamp) = (peer, network, data, stamp)
    }
    /// Parses the content of gossip; nil if it is not news of a peer.
    init?(_ content: Value) {
        guard case .text(let text)? = content.last("peerId"), let peer = PeerID(text),
            case .uint(let time)? = content.last("timestamp"), let stamp = Int64(exactly: time)
        else { return nil }
        switch content.last("type") {
        case .text(Self.announces): network = NetworkName(content.last("networkName"))
        case .text(Self.leaves): network = nil
        default: return nil
        }
        (self.peer, self.stamp, data) = (peer, stamp, content.last("peerData") ?? .map([]))
    }
    var content: Value {
        let head: [Value.Entry] = [
            .init("type", .text(network == nil ? Self.leaves : Self.announces)), .init("peerId", .text(peer.text)),
        ]
        let what: [Value.Entry] = network.map { [.init("networkName", $0.value), .init("peerData", data)] } ?? []
        return .map(head + what + [.init("timestamp", Value(stamp))])
    }
}
