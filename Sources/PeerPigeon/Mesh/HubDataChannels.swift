import Node
import Wire

extension MeshLink {
    /// The WebSocket connection; nil for a data channel.
    var socket: LinkID? { if case .socket(let link) = self { link } else { nil } }
}

// The data channels between hubs that another node opens. Their offers, answers and candidates pass through the hubs'
// signaling.
extension Hub: ChannelUser {
    /// True if another node opens the channels of this hub.
    var usesChannels: Bool { mesh != nil && parameters.channels.isOn && hasChannels }
    mutating func takeChannelCalls() -> [ChannelCall] {
        guard let calls = mesh?.calls, !calls.isEmpty else { return [] }
        mesh?.calls = []
        return calls
    }
    /// Sends a message to a neighbour.
    mutating func send(_ bytes: [UInt8], over link: MeshLink, _ out: inout [Action]) {
        switch link {
        case .socket(let link): out.append(.send(link, bytes))
        case .channel(let number): mesh?.calls.append(.send(number, bytes, isText: true))
        }
    }
    mutating func offer(to hub: PeerID, _ out: inout [Action]) {
        guard let count = mesh?.neighbours.channelCount,
            let number = mesh?.channels.offer(hub, standing: count)
        else { return }
        mesh?.calls.append(.offer(number, label: ChannelNegotiations.label))
    }
    /// Learns of a hub of the mesh. Hubs that know each other have a channel of their own, so that they stay connected
    /// when the hub between them ends.
    mutating func learned(_ hub: PeerID, _ now: Instant, _ out: inout [Action]) {
        guard usesChannels, hub != me, mesh?.hubs.learn(hub, now) == true else { return }
        // The new hub learns of this one in return.
        introduceToMesh(now, &out)
        approach(now, &out)
    }
    /// Learns of a hub that a dialed hub lists. Returns false if the message is about another peer.
    mutating func listed(_ message: PeerDiscovered, _ packet: RawSpan, _ now: Instant, _ out: inout [Action]) -> Bool {
        guard let (id, network, data) = Self.peer(message, packet), data.last("isHub") == .bool(true) else {
            return false
        }
        tell(.hubDiscovered(id), &out)
        if network == parameters.namespace, mesh?.fault != .meshIgnoresLists { learned(id, now, &out) }
        return true
    }
    private mutating func introduceToMesh(_ now: Instant, _ out: inout [Action]) {
        let id = mesh?.newID() ?? ""
        spread(greeting(id, now), but: nil, &out)
    }
    /// Reports the hub itself to the mesh again, and forgets hubs that were not reported for a while.
    mutating func refreshHubs(_ now: Instant, _ out: inout [Action]) {
        guard usesChannels, let neighbours = mesh?.neighbours.ids else { return }
        mesh?.hubs.expire(beside: neighbours, now)
        introduceToMesh(now, &out)
    }
    /// Offers channels to the hubs that are nearest by XOR, if this hub is the one that offers. `again`: even to hubs
    /// whose last channel failed, if there are too few others.
    mutating func approach(_ now: Instant, again: Bool = false, _ out: inout [Action]) {
        // Without a neighbour, an offer reaches nobody.
        guard usesChannels, let mesh, !mesh.neighbours.ids.isEmpty, mesh.fault != .meshNoNeighbours else { return }
        let isFar = mesh.fault == .meshFarNeighbours
        let nearest = mesh.hubs.nearest(
            to: me, beside: mesh.neighbours.ids, atMost: isFar ? .max : parameters.channels.most, evenFailed: again
        ).suffix(parameters.channels.most)
        for hub in nearest where mesh.neighbours.all[hub]?.channel == nil { offer(to: hub, &out) }
    }
    /// Offers channels to other hubs after the channel to this one ended or could not be opened.
    mutating func failed(_ hub: PeerID, _ now: Instant, _ out: inout [Action]) {
        if usesChannels, mesh?.hubs.fail(hub) == true { approach(now, &out) }
    }
    /// Ends the connection that is being opened to a hub.
    mutating func forgetChannel(to hub: PeerID) {
        if usesChannels, let number = mesh?.channels.number(hub) { mesh?.calls.append(.end(number)) }
        mesh?.channels.forget(hub)
    }
    /// Ends the open channel to a hub that opens another one, or that connects by WebSocket again: it has lost the old
    /// channel.
    mutating func replaceChannel(to hub: PeerID) {
        guard case .channel(let old)? = mesh?.neighbours.all[hub]?.channel else { return }
        _ = mesh?.neighbours.remove(.channel(old))
        mesh?.readers[.channel(old)] = nil
        mesh?.calls.append(.end(old))
    }
    /// Takes a signal of another hub for this hub.
    mutating func take(_ signal: RelayedSignal, _ now: Instant, _ out: inout [Action]) {
        guard let mesh, let content = ChannelSignal(signal.type, signal.data) else { return }
        if case .offer = content {
            guard let (number, old) = self.mesh?.channels.answer(signal.sender, standing: mesh.neighbours.channelCount)
            else { return }
            if let old { self.mesh?.calls.append(.end(old)) }
            self.mesh?.calls.append(.signal(number, content))
        } else if let number = mesh.channels.number(signal.sender) {
            self.mesh?.calls.append(.signal(number, content))
        }
    }
    mutating func hear(_ event: ChannelEvent, now: Instant, _ out: inout [Action]) {
        voice.prepare(now)
        switch event {
        case .signal(let number, let signal):
            if let hub = mesh?.channels.hub(number) { sayToHub(signal.type, to: hub, signal.data, at: now, into: &out) }
        case .opened(let number, let channel):
            guard let hub = mesh?.channels.hub(number) else { return }
            guard channel.label == ChannelNegotiations.label else { return forgetChannel(to: hub) }
            mesh?.channels.forget(hub)
            replaceChannel(to: hub)
            stands(.channel(number), hub, at: now, into: &out)
        case .message(let number, let bytes, let isText):
            guard mesh?.readers[.channel(number)] != nil else { return }
            heardChannel(bytes.span.bytes, isBinary: !isText, on: .channel(number), now, &out)
        case .ended(let number, let why):
            if let hub = mesh?.channels.hub(number) {
                mesh?.channels.forget(hub)
                let details: [Value.Entry] = [.init("peer", .text(hub.text)), .init("why", .text(why))]
                out.append(.report(Event("hub_p2p_failed", nil, details)))
                failed(hub, now, &out)
            } else {
                lostChannel(.channel(number), now, &out)
            }
        }
    }
}

extension ChannelSignal {
    /// Parses the data of an offer, an answer or a candidate; nil if it is of another kind.
    init?(_ type: String, _ data: Value?) {
        func text(_ name: String) -> String? { if case .text(let text)? = data?.last(name) { text } else { nil } }
        switch type {
        case "offer":
            guard text("type") == type, let sdp = text("sdp") else { return nil }
            self = .offer(sdp)
        case "answer":
            guard text("type") == type, let sdp = text("sdp") else { return nil }
            self = .answer(sdp)
        default:
            guard let candidate = text("candidate") else { return nil }
            self = .candidate(candidate, mid: text("sdpMid") ?? "0")
        }
    }
    /// The type of the message that carries it.
    var type: String {
        switch self {
        case .offer: "offer"
        case .answer: "answer"
        case .candidate: "ice-candidate"
        }
    }
    /// The data in this message, in the form of browsers.
    var data: Value {
        switch self {
        case .offer(let sdp), .answer(let sdp): .map([.init("type", .text(type)), .init("sdp", .text(sdp))])
        case .candidate(let text, let mid):
            .map([.init("candidate", .text(text)), .init("sdpMid", .text(mid)), .init("sdpMLineIndex", .uint(0))])
        }
    }
}
