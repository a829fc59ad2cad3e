import Node
import Wire

/// The encoding of a client's messages.
struct ClientVoice: Sendable {
    let me: PeerID
    let network: NetworkName
    /// The date of `Instant.zero`, in nanoseconds since 1970.
    let beginning: Int64
    let bug: Misbehaviour?
    /// The value that every client sends; hubs ignore it.
    private static let maxPeers = JSONValue(.uint(3))

    func announce() -> [UInt8] {
        var message = Announce()
        if bug != .clientAnnouncesNoNetwork { message.networkName = network.json }
        if bug != .clientAnnouncesNoID { message.data = JSONValue(.map([.init("peerId", .text(me.text))])) }
        message.maxPeers = Self.maxPeers
        return message.encoded()
    }
    func offer(_ peer: PeerID, _ session: UInt64) -> [UInt8] {
        signal(Offer(), to: peer, SessionText.description(session, "offer"))
    }
    func answer(_ peer: PeerID, _ session: UInt64) -> [UInt8] {
        let type = bug == .clientAnswersWithOffer ? "offer" : "answer"
        return signal(Answer(), to: bug == .clientAnswersItself ? me : peer, SessionText.description(session, type))
    }
    func candidate(_ peer: PeerID, _ session: UInt64) -> [UInt8] {
        signal(Candidate(), to: peer, SessionText.candidate(session, from: me.text))
    }
    private func signal<K: SignalKind>(_ empty: Signal<K>, to peer: PeerID, _ data: Value) -> [UInt8] {
        var message = empty
        message.data = JSONValue(data)
        message.maxPeers = Self.maxPeers
        if bug != .clientSignalsWithoutNetwork { message.networkName = network.json }
        if bug != .clientSignalsWithoutTarget { message.targetPeerID = JSONValue(.text(peer.text)) }
        return message.encoded()
    }
    func goodbye(_ now: Instant) -> [UInt8] {
        var message = Goodbye()
        message.data = JSONValue(
            .map([
                .init("peerId", .text(me.text)), .init("timestamp", Value((beginning &+ now.nanoseconds) / 1_000_000)),
                .init("reason", .text("peer_disconnect")),
            ]))
        message.networkName = network.json
        return message.encoded()
    }
}
