import Node
import Wire

// The change of mesh hubs from WebSocket to data channels, and their fallback to WebSocket.
extension Hub {
    /// Offers a channel to a neighbour, if this hub is the one that offers.
    mutating func negotiate(_ hub: PeerID, _ now: Instant, _ out: inout [Action]) {
        guard let mesh, mesh.neighbours.all[hub]?.channel == nil else { return }
        if usesChannels { return offer(to: hub, &out) }
        // Hubs ignore repeated signals, so each offer has its own session.
        let session = UInt64(voice.milliseconds(now)) &* 1000 &+ UInt64(truncatingIfNeeded: now.nanoseconds % 1000)
        let isOurs = self.mesh?.channels.begins(
            hub, session, standing: mesh.neighbours.channelCount)
        if isOurs == true { sayToHub("offer", to: hub, SessionText.description(session, "offer"), at: now, into: &out) }
    }
    mutating func sayToHub(
        _ type: String, to hub: PeerID, _ data: Value, at now: Instant, into out: inout [Action]
    ) {
        var message = Envelope()
        (message.type, message.data, message.targetPeerID) = (Voice.text(type), JSONValue(data), hub.json)
        let signal = voice.signal(message, from: me.json, parameters.namespace.json, in: RawSpan(), now)
        // A hub that offers a channel again has lost the old one, so the answer uses that only if there is no other way.
        var links = mesh?.neighbours.all[hub]?.sockets.first.map { [.socket($0)] } ?? onward(hub.text, but: hub)
        if links.isEmpty { links = onward(hub.text, but: nil) }
        relay(signal, to: hub.text, over: links, now, &out)
    }
    /// The address for its channels.
    private var channelPort: Endpoint? {
        listening.flatMap { at in
            var port = at
            port.port = at.port == .max ? at.port : at.port + 1
            return port
        }
    }
    /// Handles an offer, an answer or a candidate of another hub for this hub.
    mutating func channelSignal(_ signal: RelayedSignal, _ now: Instant, _ out: inout [Action]) {
        guard let mesh else { return }
        if usesChannels { return take(signal, now, &out) }
        let hub = signal.sender
        switch signal.type {
        case "offer":
            guard let session = SessionText.session(signal.data, "offer"), let port = channelPort,
                self.mesh?.channels.answers(
                    hub, standing: mesh.neighbours.channelCount) == true
            else { return }
            sayToHub("answer", to: hub, SessionText.description(session, "answer"), at: now, into: &out)
            sayToHub("ice-candidate", to: hub, SessionText.candidate(session, at: port), at: now, into: &out)
        case "ice-candidate":
            guard let session = SessionText.candidate(signal.data), let at = SessionText.endpoint(signal.data),
                self.mesh?.channels.dials(at, hub, session) == true
            else { return }
            out.append(.connect(at))
        default: break
        }
    }
    /// Returns true if a connection is a data channel to another hub, or requests to be one. It is then accepted or
    /// refused.
    mutating func isChannel(
        _ link: LinkID, speaking speaks: String, with peer: Endpoint, by opener: Opener, at now: Instant,
        into out: inout [Action]
    ) -> Bool {
        guard mesh != nil else { return false }
        if opener == .us {
            guard let hub = mesh?.channels.opened(peer) else { return false }
            stands(.socket(link), hub, at: now, into: &out)
            return true
        }
        guard !usesChannels, parameters.channels.isOn, speaks.hasPrefix("/\(ChannelNegotiations.label)?") else {
            return false
        }
        if let hub = PeerID(target: String(speaks.prefix { $0 != " " })), mesh?.channels.accepts(hub) == true {
            stands(.socket(link), hub, at: now, into: &out)
        } else {
            out.append(.close(link, CloseStatus(1008, "No such channel")))
        }
        return true
    }
    mutating func stands(_ link: MeshLink, _ hub: PeerID, at now: Instant, into out: inout [Action]) {
        mesh?.neighbours.setChannel(link, hub, now)
        mesh?.readers[link] = ChannelReader()
        mesh?.hubs.opened(hub)
        tell(.channelOpened(hub, on: link.socket), &out)
        checkReadiness(now, &out)
    }
    /// Begins the time until migration if the hub has enough channels. A neighbour that leaves without a channel can
    /// make it ready too.
    private mutating func checkReadiness(_ now: Instant, _ out: inout [Action]) {
        guard let mesh, mesh.neighbours.channelCount > 0 else { return }
        let count = mesh.neighbours.channelCount
        let isReady = Readiness.isReady(
            channels: count, others: mesh.neighbours.all.count, minimum: parameters.channels.least)
        guard isReady == true else { return }
        if !mesh.isReady {
            self.mesh?.isReady = true
            tell(.ready(channels: count, hubs: mesh.neighbours.all.count), &out)
        }
        if mesh.migratesAt == nil { self.mesh?.migratesAt = now + parameters.channels.delay }
    }
    /// Closes WebSocket connections to hubs that have a channel.
    mutating func migrate(_ now: Instant, _ out: inout [Action]) {
        guard let at = mesh?.migratesAt, at <= now, let mesh else { return }
        var next: Instant?
        self.mesh?.migratesAt = nil
        if mesh.fault == .meshNeverMigrates { return }
        var left: [LinkID] = []
        for hub in mesh.neighbours.ids {
            guard let neighbour = mesh.neighbours.all[hub], neighbour.channel != nil, !neighbour.sockets.isEmpty
            else { continue }
            let settled = neighbour.since + Self.settling
            guard settled <= now else {
                next = min(settled, next ?? settled)
                continue
            }
            left += neighbour.sockets
        }
        if let next { self.mesh?.migratesAt = next }
        // The other sides may have closed all connections first.
        guard !left.isEmpty || next == nil && !mesh.hasMigrated else { return }
        self.mesh?.hasMigrated = true
        let event = MeshEvent.migrated(sockets: left.count, channels: mesh.neighbours.channelCount)
        if mesh.fault != .meshEventsSwapped { tell(event, &out) }
        for link in left {
            let status = CloseStatus(1000, Self.migrated)
            out.append(.close(link, status))
            end(link, status, at: now, into: &out)
        }
        if mesh.fault == .meshEventsSwapped { tell(event, &out) }
    }
    /// The time from the opening of a channel here until the other side uses it too and its earlier messages have
    /// arrived.
    private static let settling = Duration.seconds(1)
    static let migrated = "Migrated to P2P mesh"

    /// Handles a frame of a channel.
    mutating func heardChannel(
        _ bytes: RawSpan, isBinary: Bool, on link: MeshLink, _ now: Instant, _ out: inout [Action]
    ) {
        let frame = bytes.withUnsafeBytes { [UInt8]($0) }
        do throws(ChannelFault) {
            guard case .text(let text)? = try mesh?.readers[link]?.receive(isBinary ? .bytes(frame) : .text(frame))
            else {
                return
            }
            hearMesh(text.span.bytes, on: link, now, &out)
        } catch {
            out.append(.report(Event("frame_dropped", link.socket, [.init("why", .text(error.description))])))
        }
    }
    /// Handles a message between hubs of the mesh, over any link. Returns false if the message is of another kind.
    @discardableResult
    mutating func hearMesh(_ bytes: RawSpan, on link: MeshLink, _ now: Instant, _ out: inout [Action]) -> Bool {
        guard mesh != nil else { return false }
        var framing = MessageFraming()
        guard case .message(let type, _) = framing.next(bytes) else { return false }
        if type is SignalRelay.Type, let hub = mesh?.neighbours.hub(link) {
            heardRelay(bytes, from: hub, now, &out)
            return true
        }
        let isHub = mesh?.neighbours.hub(link) != nil || link.socket.map { bootstraps[$0] != nil } ?? false
        if isHub, type is GossipMessage.Type {
            heardGossip(bytes, on: link, now, &out)
            return true
        }
        guard type is PeerDiscovered.Type, mesh?.neighbours.hub(link) != nil else { return false }
        // Hubs of the mesh learn of peers by gossip, and of hubs also from the list of the dialed hub.
        if link.socket.map({ bootstraps[$0] != nil }) == true, let message = PeerDiscovered.read(bytes) {
            _ = listed(message, bytes, now, &out)
        }
        return true
    }
    /// Handles the end of a WebSocket connection. Returns true if a channel leads to the same hub.
    mutating func lostSocket(_ link: LinkID, _ now: Instant, _ out: inout [Action]) -> Bool {
        guard let (hub, left) = mesh?.neighbours.remove(.socket(link)) else { return false }
        if left.link == nil {
            forgetChannel(to: hub)
            checkReadiness(now, &out)
            failed(hub, now, &out)
        }
        return left.channel != nil
    }
    /// Offers channels again that were not opened.
    mutating func negotiateAgain(_ now: Instant, _ out: inout [Action]) {
        // An attempt of another node ends by itself.
        if usesChannels { return approach(now, again: true, &out) }
        for hub in mesh?.neighbours.ids ?? [] where mesh?.neighbours.all[hub]?.channel == nil {
            forgetChannel(to: hub)
            negotiate(hub, now, &out)
        }
    }
    /// Handles the end of a channel. Both hubs continue with the remaining links.
    mutating func lostChannel(_ link: MeshLink, _ now: Instant, _ out: inout [Action]) {
        mesh?.readers[link] = nil
        if mesh?.fault == .meshKeepsChannels { return }
        guard let (hub, left) = mesh?.neighbours.remove(link) else { return }
        if mesh?.neighbours.channelCount == 0 { mesh?.hasMigrated = false }
        forgetChannel(to: hub)
        tell(.channelEnded(hub, on: link.socket), &out)
        if !left.sockets.isEmpty {
            negotiate(hub, now, &out)
        } else {
            if let dialed = left.dialed, mesh?.fault != .meshNeverFallsBack { dials.failed(dialed, now) }
            failed(hub, now, &out)
        }
    }
}

/// The rule that decides if hubs have enough channels to leave WebSocket.
enum Readiness {
    /// Applies the rule of hubs of version 1.1.3. `hubs` counts the hubs that connected to this one, including itself.
    /// A hub that only connects to others counts itself alone.
    static func isReady(channels: Int, hubs: Int, minimum: Int) -> Bool {
        channels >= minimum || hubs < minimum && channels >= hubs
    }
    /// Applies the rule of the design document: the minimum number, or channels to all other hubs. The document does
    /// not define if a hub that is alone is ready: nil.
    static func isReady(channels: Int, others: Int, minimum: Int) -> Bool? {
        guard others > 0 || channels >= minimum else { return nil }
        return channels >= minimum || channels >= others
    }
}
