import Node
import Wire

/// A passive observer of all connections of a capture, between clients and hubs and between hubs. It records the place
/// and the networks of each peer, the notices about peers, and the path of each signal. Its id identifies a peer at
/// every hub.
///
/// Its memory is limited: beyond the limit it forgets entries, and does not judge what it forgot. It does not know the
/// profile. Known violations of version 1.1.3 are warnings.
struct HubObserver: MessageObserver {
    private var clients: [HeardChannel: HeardClient] = [:]
    private var signals: HeardSignals
    private var offers: HeardOffers
    private var presence: HeardPresence
    /// The ids in announced `data` that differ from the announcing peer's own id.
    private var borrowed: [String: String] = [:]
    /// The ids that connections requested.
    private var ids: Set<String> = []
    /// The ids of hubs.
    private var hubs: Set<String> = []
    /// The networks that each peer announced, at any hub.
    private var networks: [String: Set<NetworkName>] = [:]
    /// True if some messages were not seen.
    private var isUnsure = false
    private var lossAt: Instant?
    private var now = Instant.zero
    private let limit: Int

    /// Creates an observer that uses about `memory` bytes.
    init(memory: Int) {
        limit = max(64, memory / 4096)
        signals = HeardSignals(limit: limit)
        offers = HeardOffers(limit: limit)
        presence = HeardPresence(limit: limit)
    }

    mutating func miss(_ channel: HeardChannel) {
        isUnsure = true
        clients[channel]?.isUnsure = true
        presence.doubt(channel)
    }
    mutating func end(_ channel: HeardChannel, by sender: Opener, isClosed: Bool) {
        guard var client = clients[channel] else { return }
        client.ended.insert(sender == .us)
        if let id = client.id { offers.end(of: id, now) }
        clients[channel] = client
        if isClosed, client.ended.count == 1 { leave(channel, client) }
        guard client.ended.count == 2 else { return }
        clients[channel] = nil
        presence.close(channel)
    }
    private mutating func leave(_ channel: HeardChannel, _ client: HeardClient) {
        presence.close(channel)
        guard let id = client.id, client.saidGoodbyeAt == nil, client.network != nil, !client.isUnsure else { return }
        // Another connection with this id makes both uncertain.
        guard !clients.contains(where: { $0.key != channel && $0.value.id == id && $0.value.hub == client.hub }) else {
            return
        }
        for (other, known) in members(of: client, but: channel) {
            presence.expect(.departure(id), at: other, known, now)
        }
    }
    /// Returns the clients of the same hub in the same network, each seen from its beginning.
    private func members(of client: HeardClient, but channel: HeardChannel) -> [(HeardChannel, HeardClient)] {
        guard presence.hasRoom else { return [] }
        return clients.filter { other, known in
            other != channel && known.hub == client.hub && known.network == client.network && known.id != nil
                && !known.isHub && !known.isUnsure && known.saidGoodbyeAt == nil && known.ended.isEmpty
        }
    }

    mutating func observe(_ message: HeardMessage, _ bytes: RawSpan, into findings: inout [Finding]) {
        now = max(now, message.time)
        guard message.isGood else { return }
        var client = clients[message.channel]
        if client == nil {
            guard clients.count < limit else { return isUnsure = true }
            client = HeardClient(hub: message.sender == .us ? message.destination : message.source)
            client?.isUnsure = isUnsure && !(message.type is Connected.Type)
        }
        guard var client else { return }
        if message.sender == .us {
            said(message, bytes, &client, into: &findings)
        } else {
            told(message, bytes, &client, into: &findings)
        }
        clients[message.channel] = client
    }

    // Messages of clients

    private mutating func said(
        _ message: HeardMessage, _ bytes: RawSpan, _ client: inout HeardClient, into findings: inout [Finding]
    ) {
        switch message.type {
        case is Announce.Type: announce(message, bytes, &client)
        case is Offer.Type: sent(SignalKinds.Offer.self, message, in: bytes, by: client)
        case is Answer.Type: sent(SignalKinds.Answer.self, message, in: bytes, by: client)
        case is Candidate.Type: sent(SignalKinds.Candidate.self, message, in: bytes, by: client)
        case is Goodbye.Type:
            client.saidGoodbyeAt = message.time
            presence.close(message.channel)
        case is PeerDiscovered.Type, is PeerDisconnected.Type: news(message, bytes, &client, into: &findings)
        default: break
        }
    }
    /// Judges the news of a peer that one hub sends to another.
    private func news(
        _ heard: HeardMessage, _ bytes: RawSpan, _ client: inout HeardClient, into findings: inout [Finding]
    ) {
        guard client.isHub, case .text(let peer)? = Envelope.read(bytes)?.data?.value(in: bytes)["peerId"] else {
            return
        }
        let isLeave = heard.type is PeerDisconnected.Type
        if client.isRound(peer, isLeave: isLeave, by: heard.sender, heard.time) {
            tell(.hub102, "data.peerId", "reported for the twentieth time within 10 s", into: &findings)
        }
    }
    private mutating func announce(_ heard: HeardMessage, _ bytes: RawSpan, _ client: inout HeardClient) {
        var message = Announce()
        guard message.read(borrowing: bytes) else { return }
        let network = NetworkName(message.networkName?.value(in: bytes))
        let data = message.data?.value(in: bytes)
        // The mesh of hubs may have another name. A client that states there that it is a hub is one.
        let isHub = data?["isHub"] == .bool(true) || network == .named("pigeonhub-mesh")
        let isGhost = client.saidGoodbyeAt != nil
        client.announce(network, isHub: isHub, heard.time)
        guard let id = client.id else { return }
        if networks.count < limit || networks[id] != nil { networks[id, default: []].insert(network) }
        presence.came(id)
        if isHub, hubs.count < limit { hubs.insert(id) }
        if case .text(let name)? = data?["peerId"], name != id, borrowed.count < limit { borrowed[name] = id }
        guard !isHub, !isGhost, !client.isUnsure else { return }
        for (other, known) in members(of: client, but: heard.channel) {
            guard let theirs = known.id, theirs != id else { continue }
            presence.expect(.discovery(id), at: other, known, heard.time)
            presence.expect(.discovery(theirs), at: heard.channel, client, heard.time)
        }
    }
    private mutating func sent<K: SignalKind>(
        _ kind: K.Type, _ heard: HeardMessage, in bytes: RawSpan, by client: HeardClient
    ) {
        var message = Signal<K>()
        guard message.read(borrowing: bytes), case .text(let target)? = message.targetPeerID?.value(in: bytes) else {
            return
        }
        let data = message.data?.value(in: bytes)
        var given: String?
        if case .text(let name)? = message.fromPeerID?.value(in: bytes), !name.isEmpty { given = name }
        guard let sender = client.isHub ? given ?? client.id : client.id ?? given else { return }
        if K.self is SignalKinds.Answer.Type {
            offers.answer(from: sender, to: target)
        } else if K.self is SignalKinds.Offer.Type, !client.isHub {
            offers.offer(from: sender, to: target, heard)
        }
        let time = message.timestamp?.value(in: bytes)
        let key = HeardSignals.Key(type: "\(K.type)", sender: sender, target: target, data: data.hashValue)
        signals.update(key) { signal in
            if client.isHub {
                signal.relayed += 1
            } else {
                signal.sent += 1
                signal.hubs.insert(client.hub)
            }
            if client.isUnsure { signal.isUnsure = true }
            if let time { signal.written = Self.integer(time) }
        }
        guard !client.isHub, let given, given != sender, client.id != nil else { return }
        var pretended = key
        pretended.sender = given
        signals.update(pretended) { signal in
            signal.pretender = sender
            signal.hubs.insert(client.hub)
        }
    }
    private static func integer(_ value: Value) -> Int64? {
        switch value {
        case .uint(let n): Int64(exactly: n)
        case .int(let n): n
        default: nil
        }
    }

    // Messages of hubs

    private mutating func told(
        _ message: HeardMessage, _ bytes: RawSpan, _ client: inout HeardClient, into findings: inout [Finding]
    ) {
        switch message.type {
        case is Connected.Type: connected(message, bytes, &client)
        case is PeerDiscovered.Type:
            news(message, bytes, &client, into: &findings)
            discovered(message, bytes, &client, into: &findings)
        case is PeerDisconnected.Type:
            news(message, bytes, &client, into: &findings)
            disconnected(message, bytes, &client, into: &findings)
        case is Offer.Type: delivered(SignalKinds.Offer.self, message, in: bytes, to: client, into: &findings)
        case is Answer.Type: delivered(SignalKinds.Answer.self, message, in: bytes, to: client, into: &findings)
        case is Candidate.Type: delivered(SignalKinds.Candidate.self, message, in: bytes, to: client, into: &findings)
        default: break
        }
    }
    private mutating func connected(_ heard: HeardMessage, _ bytes: RawSpan, _ client: inout HeardClient) {
        var message = Connected()
        guard message.read(borrowing: bytes), let id = message.data?.peerID?.string(in: bytes) else { return }
        client.id = id
        if let said = message.timestamp { client.clock = (said, heard.time) }
        if ids.count < limit { ids.insert(id) } else { isUnsure = true }
    }
    private mutating func discovered(
        _ heard: HeardMessage, _ bytes: RawSpan, _ client: inout HeardClient, into findings: inout [Finding]
    ) {
        var message = PeerDiscovered()
        guard message.read(borrowing: bytes) else { return }
        if message.fromPeerID?.value(in: bytes) != .text(Voice.system) {
            tell(.hub16, "fromPeerId", "not from system", into: &findings)
        }
        let data = message.data?.value(in: bytes)
        if case .text(let name)? = data?["peerId"] {
            presence.discovered(name, at: heard.channel)
            if client.arrivals.count < 1024 || client.arrivals[name] != nil { client.arrivals[name, default: 0] += 1 }
            if let true_ = borrowed[name], !ids.contains(name) {
                presence.discovered(true_, at: heard.channel)
                tell(.hub19, "data.peerId", "announced by \(true_)", into: &findings)
            } else if PeerID(name) == nil {
                tell(.hub19, "data.peerId", "no id of 40 hexadecimal digits", into: &findings)
            }
        }
        guard let id = client.id, !client.isHub, !client.isUnsure else { return }
        if message.targetPeerID?.value(in: bytes) != .text(id) {
            tell(.hub16, "targetPeerId", "the client is \(id)", into: &findings)
        }
        let network = NetworkName(message.networkName?.value(in: bytes))
        if !client.networks.contains(network) {
            tell(.hub20, "networkName", "not announced by \(id)", into: &findings)
        }
    }
    private mutating func disconnected(
        _ heard: HeardMessage, _ bytes: RawSpan, _ client: inout HeardClient, into findings: inout [Finding]
    ) {
        var message = PeerDisconnected()
        guard message.read(borrowing: bytes), let peer = message.data?.peerID?.string(in: bytes) else { return }
        presence.left(peer, at: heard.channel)
        guard client.id != nil, !client.isHub, !client.isUnsure, ids.contains(peer), !isUnsure else { return }
        guard let name = message.networkName?.value(in: bytes) else {
            // Form 1 names no network. Only clients that share a network with the departed peer should receive it.
            if networks.count < limit, networks[peer, default: []].isDisjoint(with: client.networks) {
                tell(.hub47, "networkName", "sent to a client that shares no network with it", into: &findings)
            }
            return
        }
        if !client.networks.contains(NetworkName(name)) {
            tell(.hub47, "networkName", "of a network that the client did not join", into: &findings)
        }
        guard client.departures.count < 1024 || client.departures[peer] != nil else { return }
        client.departures[peer, default: 0] += 1
        // A hub that returns announces its peers again.
        if let came = presence.comings(of: peer),
            client.departures[peer, default: 0] > max(came, client.arrivals[peer, default: 0])
        {
            tell(.hub47, "data.peerId", "it came \(came) times", into: &findings)
        }
    }
    private mutating func delivered<K: SignalKind>(
        _ kind: K.Type, _ heard: HeardMessage, in bytes: RawSpan, to client: HeardClient, into findings: inout [Finding]
    ) {
        var message = Signal<K>()
        guard message.read(borrowing: bytes), case .text(let target)? = message.targetPeerID?.value(in: bytes) else {
            return
        }
        guard let id = client.id else { return }
        var sender = ""
        if case .text(let name)? = message.fromPeerID?.value(in: bytes) { sender = name }
        // Its sender may be at a hub that the capture does not show.
        if K.self is SignalKinds.Answer.Type { offers.answer(from: sender, to: target) }
        let data = message.data?.value(in: bytes)
        let key = HeardSignals.Key(type: "\(K.type)", sender: sender, target: target, data: data.hashValue)
        let isForIt = target == id
        let most = 2 * max(2, hubs.count)
        let (signal, isLoop) = signals.update(key) { signal in
            if client.isUnsure { signal.isUnsure = true }
            if isForIt {
                signal.delivered += 1
                if signal.sent > 0, signal.delivered > signal.sent { signal.excess = heard }
            } else {
                signal.relayed += 1
            }
            let isLoop = signal.relayed > most * max(1, signal.sent) && signal.sent > 0 && !signal.isLoopTold
            if isLoop { signal.isLoopTold = true }
            return (signal, isLoop)
        }
        if isLoop { tell(.hub69, "", "handed on \(signal.relayed) times", into: &findings) }
        if let pretender = signal.pretender, signal.sent == 0 {
            tell(.hub30, "fromPeerId", "\(pretender) said it", into: &findings)
        }
        guard !client.isHub, !client.isUnsure else { return }
        guard isForIt else { return tell(.hub23, "targetPeerId", "the client is \(id)", into: &findings) }
        let isHere = signal.hubs.contains(client.hub)
        if message.maxPeers != nil || !message.unknown.items.isEmpty, isHere {
            tell(.hub23, "", "members that a hub does not write", into: &findings)
        }
        if let at = client.saidGoodbyeAt, heard.time - at > .seconds(1) {
            tell(.hub43, "", "it said goodbye \(heard.time - at) before", into: &findings)
        }
        if let name = message.networkName?.value(in: bytes) {
            if !client.mayHear(NetworkName(name), heard.time) {
                tell(isHere ? .hub28 : .hub67, "networkName", "the client announced another", into: &findings)
            }
        } else {
            tell(.hub24, "networkName", "none", into: &findings)
        }
        let time = message.timestamp.flatMap { Self.integer($0.value(in: bytes)) }
        if time == nil { tell(.hub26, "timestamp", "no time", into: &findings) }
        if let time, time == signal.written, isHere, client.isAnother(time, than: heard.time) {
            tell(.hub26, "timestamp", "the one that its sender wrote", into: &findings)
        }
    }
    private func tell(_ rule: PigeonRule, _ path: String, _ text: String, into findings: inout [Finding]) {
        findings.append(Finding(rule.severity, of: rule, path: path, text))
    }

    // Missing messages

    mutating func finish(into findings: inout [HeardFinding]) {
        for message in signals.finish() {
            let severity: Severity = isUnsure ? .warning : .violation
            findings.append(
                HeardFinding(
                    Finding(severity, of: PigeonRule.hub65, path: "", "delivered more often than it was sent"),
                    about: message))
        }
        // An answer may have passed where nobody captured it.
        for message in isUnsure ? [] : offers.unanswered(now) {
            findings.append(HeardFinding(Finding(.info, "an offer without an answer"), about: message))
        }
        for (rule, text, about) in presence.overdue(now) {
            findings.append(
                HeardFinding(
                    Finding(isUnsure ? min(.warning, rule.severity) : rule.severity, of: rule, path: "", text),
                    about: about))
        }
    }
}
