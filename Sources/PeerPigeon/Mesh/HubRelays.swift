import Node
import Wire

// The relay of signals to clients of other hubs (`client-signal-relay`). The hubs whose ids are nearest to the target's
// id receive a signal. Each signal is relayed once and over a limited number of hops.
extension Hub {
    /// Relays a signal of a client, or of the hub itself, to a peer that is not here. `signal` has the form in which a
    /// hub sends it to that peer.
    mutating func relayOverMesh(
        _ signal: [UInt8], to target: String, _ now: Instant, _ out: inout [Action]
    ) {
        relay(signal, to: target, over: onward(target, but: nil), now, &out)
    }
    mutating func relay(
        _ signal: [UInt8], to target: String, over links: [MeshLink], _ now: Instant, _ out: inout [Action]
    ) {
        var message = SignalRelay()
        message.targetPeerID = Text(target)
        message.signalData = JSONValue(bytes: Bytes(signal))
        message.timestamp = voice.milliseconds(now)
        message.ttl = parameters.hops
        let bytes = message.encoded()
        for link in links { send(bytes, over: link, &out) }
    }
    /// Returns the links for a signal to a target. For a neighbour this is its own link. For others these are the links to
    /// the two nearest hubs among those with a channel, and to all hubs that are reachable only by WebSocket.
    func onward(_ target: String, but arrived: PeerID?) -> [MeshLink] {
        guard let mesh else { return [] }
        if let hub = PeerID(target), hub != arrived, let link = mesh.neighbours.all[hub]?.link { return [link] }
        var hubs = mesh.neighbours.ids
        if bug != .relaysBack, mesh.fault != .meshSendsBack { hubs.removeAll { $0 == arrived } }
        let channels = hubs.filter { mesh.neighbours.all[$0]?.channel != nil }
        let isToAll = parameters.fanout == nil || mesh.fault == .meshSendsToAll
        let near =
            isToAll
            ? channels.map(\.text)
            : Distance.closest(
                target, channels.map(\.text), most: parameters.fanout ?? channels.count, by: parameters.metric)
        let chosen = Set(near)
        return hubs.compactMap { hub in
            guard let neighbour = mesh.neighbours.all[hub] else { return nil }
            return neighbour.channel == nil || chosen.contains(hub.text) ? neighbour.link : nil
        }
    }

    /// Handles a signal that a neighbour relays.
    mutating func heardRelay(_ bytes: RawSpan, from neighbour: PeerID, _ now: Instant, _ out: inout [Action]) {
        guard let mesh, var message = SignalRelay.read(bytes),
            let target = message.targetPeerID?.string(in: bytes), !target.isEmpty, target.utf8.count <= Limits.target,
            let data = message.signalData, let parts = RelayedSignal(data, bytes, target)
        else { return }
        guard relayed.isNew(parts.key, now) || bug == .relaysAgain || mesh.fault == .meshTakesAgain else { return }
        // Another hub takes only relays, not the signal itself.
        if let own = PeerID(target), own == me || links[own] != nil && mesh.neighbours.all[own] == nil {
            let signal = data.bytes.withSpan(in: bytes) { span in span.withUnsafeBytes { [UInt8]($0) } }
            return deliver(signal, parts, to: own, at: now, into: &out)
        }
        let left = message.ttl ?? parameters.hops
        if mesh.fault != .meshNoHopLimit {
            guard left > 1 else { return }
            message.ttl = min(left, parameters.hops) - 1
        }
        message.timestamp = voice.milliseconds(now)
        let onwards = message.encoded(from: bytes)
        for _ in 0..<(bug == .relaysTwice ? 2 : 1) {
            for link in onward(target, but: neighbour) { send(onwards, over: link, &out) }
        }
    }
    private mutating func deliver(
        _ signal: [UInt8], _ parts: RelayedSignal, to target: PeerID, at now: Instant, into out: inout [Action]
    ) {
        if target == me {
            if parts.network == parameters.namespace { channelSignal(parts, now, &out) }
            return
        }
        let isChecked = bug != .relayNetworkNotChecked && mesh?.fault != .meshNetworkNotChecked
        let isInside = (peers[target]?.network ?? .global) == parts.network
        if isInside || !isChecked { say(target, signal, &out) }
    }
}

/// The parts of a relayed signal.
struct RelayedSignal {
    var type: String
    var sender: PeerID
    var network: NetworkName
    var data: Value?
    var key: RelayKey

    /// Parses a signal; nil if it is not an offer, answer or candidate of a peer.
    init?(_ signal: JSONValue, _ packet: RawSpan, _ target: String) {
        let value = signal.value(in: packet)
        guard case .text(let type)? = value.last("type"), SignalKinds.types.contains(type),
            case .text(let from)? = value.last("fromPeerId"), let sender = PeerID(from)
        else { return nil }
        (self.type, self.sender, data) = (type, sender, value.last("data"))
        network = NetworkName(value.last("networkName"))
        key = RelayKey(type: .text(type), sender: sender, target: .text(target), data: DataHash.of(data))
    }
}
