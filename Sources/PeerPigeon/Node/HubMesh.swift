import Node
import Wire

// The messages to hubs to which this hub connected, and from them.
extension Hub {
    /// Announces the hub itself and all its peers.
    func introduce(_ link: LinkID, isAgain: Bool, _ now: Instant, _ out: inout [Action]) {
        var message = Announce()
        message.networkName = parameters.namespace.json
        var data: [Value.Entry] = []
        if bug != .announcesNoHub { data.append(.init("isHub", .bool(true))) }
        data.append(.init("port", .uint(UInt64(listening?.port ?? 0))))
        data.append(.init("host", .text(listening?.host ?? "localhost")))
        if bug != .announcesNoCapabilities { data.append(.init("capabilities", .list(capabilities))) }
        data.append(.init("timestamp", Value(voice.milliseconds(now))))
        message.data = JSONValue(.map(data))
        out.append(.send(link, message.encoded()))
        if bug == .peersNotAnnounced || bug == .redialForgetsPeers && isAgain { return }
        for (id, known) in peers.sorted(by: { $0.key < $1.key }) {
            if known.announced.isHub, id != me, bug != .announcesOtherHubs { continue }
            guard let network = known.network else { continue }
            out.append(.send(link, voice.discovered(known.announced, network.json, to: nil, about: id, now)))
        }
    }
    private var capabilities: [Value] {
        (["signaling", "relay"] + (mesh == nil ? [] : [Self.gossips])).map { Value.text($0) }
    }

    mutating func hear(_ bytes: RawSpan, from hub: Endpoint, _ now: Instant, _ out: inout [Action]) {
        var framing = MessageFraming()
        guard case .message(let type, _) = framing.next(bytes) else { return }
        switch type {
        case is Connected.Type: dials.succeeded(hub)
        case is Offer.Type, is Answer.Type, is Candidate.Type: forward(bytes, now, &out)
        case is PeerDiscovered.Type: PeerDiscovered.read(bytes).map { learn($0, from: hub, bytes, at: now, into: &out) }
        case is PeerDisconnected.Type where !parameters.isFirst:
            PeerDisconnected.read(bytes).map { forget($0, bytes, at: now, into: &out) }
        default: break
        }
    }
    /// Forwards a signal unchanged to a client of this hub. A robust hub does so only within the client's network.
    private mutating func forward(_ bytes: RawSpan, _ now: Instant, _ out: inout [Action]) {
        guard let signal = Envelope.read(bytes), case .text(let text)? = signal.targetPeerID?.value(in: bytes),
            let target = PeerID(text)
        else { return }
        let network = NetworkName(signal.networkName?.value(in: bytes))
        let isInside = (peers[target]?.network ?? .global) == network
        if parameters.isRobust, !isInside, bug != .relayNetworkNotChecked { return }
        let sender = signal.fromPeerID.flatMap { PeerID(quoted: $0, in: bytes) }
        if let sender, isRepeated(signal, from: sender, to: target, bytes, now) { return }
        say(target, bytes.withUnsafeBytes { [UInt8]($0) }, &out)
    }
    private mutating func learn(
        _ message: PeerDiscovered, from hub: Endpoint, _ packet: RawSpan, at now: Instant, into out: inout [Action]
    ) {
        // The dialed hub, over which offers pass, is a neighbour from its first gossip on.
        guard !listed(message, packet, now, &out), let (id, network, data) = Self.peer(message, packet) else { return }
        // This hub has better knowledge of a peer that is here.
        if parameters.isRobust, links[id] != nil || id == me { return }
        if !parameters.isFirst { remember(id, in: network, data: data, of: message, from: .dialed(hub), at: now) }
        injected(message, packet, at: now, into: &out)
    }
    /// Takes the news of a peer from a hub that announced itself here. A robust hub ignores news of its own peers.
    mutating func heard(
        _ message: PeerDiscovered, from hub: PeerID, _ packet: RawSpan, at now: Instant, into out: inout [Action]
    ) {
        if parameters.isRobust, let (id, network, data) = Self.peer(message, packet) {
            if links[id] != nil || id == me { return }
            let isHub = data.last("isHub") == .bool(true)
            if !isHub, bug != .dialersForgotten {
                remember(id, in: network, data: data, of: message, from: .dialer(hub), at: now)
            }
        }
        injected(message, packet, at: now, into: &out)
    }
    /// Reports an event of the mesh, and keeps it for the question `mesh-events`.
    mutating func tell(_ event: MeshEvent, _ out: inout [Action]) {
        mesh?.keep(event)
        out.append(.report(event.report))
    }
    /// Returns the peer, the network and the data of a hub's message; nil if one is missing.
    static func peer(_ message: PeerDiscovered, _ packet: RawSpan) -> (PeerID, NetworkName, Value)? {
        guard let data = message.data?.value(in: packet), case .text(let text)? = data.last("peerId"),
            let id = PeerID(text), let name = message.networkName, name.bytes.count <= Limits.networkName
        else { return nil }
        let value = name.value(in: packet)
        return value == .null ? nil : (id, NetworkName(value), data)
    }
    /// Keeps a peer of another hub for clients that join later.
    private mutating func remember(
        _ id: PeerID, in network: NetworkName, data: Value, of message: PeerDiscovered, from hub: RemotePeers.Source,
        at now: Instant
    ) {
        let bytes = message.data?.bytes.count ?? 0
        guard bug != .noCache, bytes <= Limits.announced, remote.memory + announcedBytes <= Limits.allAnnounced else {
            return
        }
        remote.insert(id, network, .init(announced: announced(id, data), heardAt: now, hub: hub))
    }

    /// Reports the peer of another hub to the clients of the peer's network.
    mutating func injected(_ message: PeerDiscovered, _ packet: RawSpan, at now: Instant, into out: inout [Action]) {
        guard let name = message.networkName?.value(in: packet), name.isTrue,
            let data = message.data?.value(in: packet), case .text(let id)? = data.last("peerId")
        else { return }
        let network = NetworkName(name)
        if let peer = PeerID(id) { tellDelayed(of: peer, now, &out) }
        var hearers = members.others(me, in: network)
        if bug == .injectedEverywhere { hearers = links.sorted { $0.value < $1.value }.map(\.key) }
        for other in hearers where !hubs.contains(other) && other.text != id {
            var copy = PeerDiscovered()
            (copy.data, copy.networkName) = (message.data, message.networkName)
            copy.fromPeerID = Voice.text(Voice.system)
            copy.targetPeerID = other.json
            copy.timestamp = JSONValue(Value(voice.milliseconds(now)))
            say(other, copy.encoded(from: packet), &out)
        }
    }
}

extension Value {
    /// Returns the member of this name; the last one if there are several, as in JavaScript.
    func last(_ name: String) -> Value? {
        if case .map(let entries) = self { entries.last { $0.key == name }?.value } else { nil }
    }
}
