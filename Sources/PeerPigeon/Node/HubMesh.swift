import Node
import Wire

// What a hub says to hubs that it dialed, and hears from them.
extension Hub {
    /// Announces itself and all its peers.
    func introduce(_ link: LinkID, _ peer: Endpoint, _ now: Instant, _ out: inout [Action]) {
        var message = Announce()
        message.networkName = parameters.namespace.json
        message.data = JSONValue(
            .map([
                .init("isHub", .bool(true)), .init("port", .uint(UInt64(peer.port))), .init("host", .text("localhost")),
                .init("capabilities", .list([.text("signaling"), .text("relay")])),
                .init("timestamp", Value(voice.milliseconds(now))),
            ]))
        out.append(.send(link, message.encoded()))
        for (id, known) in peers.sorted(by: { $0.key < $1.key }) where !known.announced.isHub || id == me {
            guard let network = known.network else { continue }
            out.append(.send(link, voice.discovered(id, known.announced, network, to: nil, now)))
        }
    }
    mutating func hear(_ bytes: RawSpan, _ now: Instant, _ out: inout [Action]) {
        var framing = MessageFraming()
        guard case .message(let type, _) = framing.next(bytes) else { return }
        switch type {
        case is Offer.Type, is Answer.Type, is Candidate.Type: forward(bytes, now, &out)
        case is PeerDiscovered.Type: PeerDiscovered.read(bytes).map { learn($0, bytes, now, &out) }
        case is PeerDisconnected.Type: PeerDisconnected.read(bytes).map { forget($0, bytes, now, &out) }
        default: break
        }
    }
    /// To a client of its own, as it came; in a hub as we would have it, of its network only.
    private func forward(_ bytes: RawSpan, _ now: Instant, _ out: inout [Action]) {
        guard let signal = Target.read(bytes), case .text(let text)? = signal.targetPeerID?.value(in: bytes),
            let target = PeerID(text)
        else { return }
        let network = NetworkName(signal.networkName?.value(in: bytes))
        if parameters.isRobust, (peers[target]?.network ?? .global) != network { return }
        say(target, bytes.withUnsafeBytes { [UInt8]($0) }, &out)
    }
    private mutating func learn(_ message: PeerDiscovered, _ packet: RawSpan, _ now: Instant, _ out: inout [Action]) {
        guard let data = message.data?.value(in: packet), case .text(let text)? = data["peerId"],
            let id = PeerID(text), let name = message.networkName?.value(in: packet), name != .null
        else { return }
        guard data["isHub"] != .bool(true) else {
            return out.append(.report(Event("hub_discovered", nil, [.init("peer", .text(text))])))
        }
        remote[NetworkName(name), default: [:]][id] = Remote(announced: announced(data), heardAt: now)
        injected(message, packet, now, &out)
    }
    private mutating func forget(
        _ message: PeerDisconnected, _ packet: RawSpan, _ now: Instant, _ out: inout [Action]
    ) {
        guard let text = message.data?.peerID?.string(in: packet), let id = PeerID(text) else { return }
        let network = NetworkName(message.networkName?.value(in: packet))
        remote[network]?[id] = nil
        left(id, message.data?.isHub ?? false, nil, network, members.others(id, in: network), now, &out)
    }
}

/// Of a signal, where it goes; nothing else of it is looked at.
struct Target: Message {
    static var name: StaticString { "peerpigeon.target" }
    static var form: Form { .json }
    var targetPeerID: JSONValue?
    var networkName: JSONValue?
    var unknown = Unknown()

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.member("targetPeerId", &targetPeerID)
        c.member("networkName", &networkName)
        c.unknown(&unknown)
    }
}
