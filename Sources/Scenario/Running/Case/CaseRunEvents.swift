internal import Network
internal import Node
internal import Wire

extension CaseRun {
    @discardableResult
    func note(
        _ channel: Channel, _ direction: Direction, _ content: TraceEntry.Content, at: Instant? = nil,
        on link: String? = nil
    ) -> Int {
        trace.append(
            TraceEntry(
                at: (at ?? driver.now) - scope.start, link: link ?? channel.name, ours: channel.ours,
                theirs: channel.theirs,
                direction: direction, content: content, connection: channel.connection))
        return trace.count - 1
    }
    /// Returns the name of the link that is the whole connection.
    func channel(_ link: LinkID) -> String? {
        channels.first { $0.value.link == link && $0.value.channel == nil }?.key
    }

    /// Handles an event on a link of this case, at the current time.
    func handle(_ h: NetworkEvent) {
        let now = driver.now
        if dropEarlier(h) { return }
        if !keepEarly(h, now) { take(h, now) }
    }
    func take(_ h: NetworkEvent, _ at: Instant) {
        switch h {
        case .opened(let link, _, let listener):
            // Over UDP, a step may meanwhile have dialed the peer that sent first.
            if let listener, channel(link) == nil,
                let actor = listeners.first(where: { $0.value.id == listener })?.key
            {
                if arrivals.count >= Budget.arrivals { return driver.close(link, reset: true) }
                arrivals.append(Arrival(actor: actor, link: link, at: at, ends: ends(of: link)))
            } else if let name = channel(link), let c = channels[name] {
                know(ends(of: link), of: c)
                channels[name]?.isOpen = true
                channels[name]?.opened = note(c, .sent, .opened)
                beginEnds(of: name)
            }
        case .failed(let link, let error):
            guard let name = channel(link) else { return }
            channels[name]?.failure = "\(error)"
            // A link that was established broke on our side, so the node cannot be judged.
            if channels[name]?.isOpen == true { giveUp("link `\(name)`: \(error)") }
        case .received(let link, let bytes): if let name = channel(link) { received(bytes, name, at) }
        case .ended(let link, let ending): if let name = channel(link) { ended(name, ending, at) }
        case .reported: break
        }
    }
    /// Keeps an event of a connection that no step has taken yet. Returns whether it was kept.
    func keepEarly(_ h: NetworkEvent, _ now: Instant) -> Bool {
        let link: LinkID
        switch h {
        case .received(let id, let bytes):
            link = id
            remaining.bytes -= arrivals.contains { $0.link == id } ? bytes.count : 0
        case .ended(let id, _): link = id
        case .opened, .failed, .reported: return false
        }
        guard let i = arrivals.firstIndex(where: { $0.link == link }) else { return false }
        if remaining.isUsedUp { giveUp(Self.flood) } else { arrivals[i].early.append((h, now)) }
        return true
    }
    func ended(_ name: String, _ ending: Ending, _ at: Instant) {
        guard var c = channels.removeValue(forKey: name) else { return }
        // Bytes that faults still delay arrive before the end.
        for bytes in c.incomingLine.drain() { parse(bytes, &c, at) }
        if let rest = c.endUnits() { parse(rest, &c, at) }
        let isInside = c.stream?.isInside(c.opener.opposite) ?? c.incoming.isInside
        let how = (ending == .closed ? "closed" : "reset") + (isInside ? " in the middle of a message" : "")
        c.ended = note(c, .received, .closed(how), at: at)
        c.ending = (how, at, false)
        channels[name] = c
        endStreams(of: c, how, at, c.ended)
    }
    func received(_ bytes: [UInt8], _ name: String, _ at: Instant) {
        if takeIntroduction(bytes, on: name, at) { return }
        guard !remaining.isUsedUp, var c = channels.removeValue(forKey: name) else { return }
        remaining.bytes -= bytes.count
        if c.incomingLine.isClear {
            parse(bytes, &c, at)
        } else {
            for piece in c.units.units(bytes, definition.datagrams) {
                let rest = Array(piece.bytes.dropFirst(c.unitsBefore))
                c.unitsBefore = 0
                c.incomingLine.push(unit(rest, piece.message, piece.part, &c.incomingLine, c), now: driver.now)
            }
            for bytes in c.incomingLine.take(now: driver.now) { parse(bytes, &c, at) }
        }
        channels[name] = c
        if remaining.isUsedUp { giveUp(Self.flood) }
    }
    /// Parses received bytes after all faults.
    func parse(_ bytes: [UInt8], _ c: inout Channel, _ at: Instant) {
        if definition.transport == .udp { c.datagrams.append((at, bytes)) }
        if c.stream != nil { return receiveLayers(bytes, &c, at) }
        let wasBroken = c.incoming.isBroken
        for piece in c.incoming.receive(bytes) {
            let entry = note(c, .received, .of(piece.type, piece.bytes, piece.problem), at: at)
            if !wasBroken { keep(piece, 0, entry, &c, at) }
        }
    }
    static var channelFlood: String { "the node has more than \(LayerChannels.limit) channels open at a time" }
    static var flood: String { "the node sends without end: more than 64 MiB or 100,000 messages in one case" }
}
