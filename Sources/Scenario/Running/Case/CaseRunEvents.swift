internal import Network
internal import Node
internal import Wire

extension CaseRun {
    /// Adds an entry to the trace. Returns its index.
    @discardableResult
    func note(
        _ from: Link, _ direction: Direction, _ content: TraceEntry.Content, at: Instant? = nil,
        on link: String? = nil
    ) -> Int {
        trace.append(
            TraceEntry(
                at: (at ?? driver.now) - scope.start, link: link ?? from.name, ours: from.ours, theirs: from.theirs,
                direction: direction, content: content, connection: from.connection))
        // Its message is inside of SCTP and DTLS.
        if from.dataChannel != nil { trace[trace.count - 1].carrier = .layers }
        return trace.count - 1
    }
    /// Handles an event on a link of this case, at the current time.
    func handle(_ h: NetworkEvent) {
        let now = driver.now
        if node.dropEarlier(h) { return }
        guard links.keepEarly(h, at: now) else { return take(h, now) }
        if links.budget.isUsedUp { giveUp(Self.flood) }
    }
    func take(_ h: NetworkEvent, _ at: Instant) {
        switch h {
        case .opened(let link, _, let listener):
            // Over UDP, a step may meanwhile have dialed the peer that sent first.
            if let listener, links.name(of: link) == nil, let actor = node.actor(of: listener) {
                let arrival = CaseLinks.Arrival(actor: actor, id: link, at: at, ends: ends(of: link))
                if !links.keep(arrival) { driver.close(link, reset: true) }
            } else if let name = links.name(of: link), let c = links[name] {
                links.know(ends(of: link), of: c)
                links[name]?.isOpen = true
                links[name]?.opened = note(c, .sent, .opened)
                beginEnds(of: name)
            }
        case .failed(let link, let error):
            guard let name = links.name(of: link) else { return }
            links[name]?.failure = "\(error)"
            // A link that was established broke on our side, so the node cannot be judged.
            if links[name]?.isOpen == true { giveUp("link `\(name)`: \(error)") }
        case .received(let link, let bytes): if let name = links.name(of: link) { received(bytes, name, at) }
        case .ended(let link, let ending): if let name = links.name(of: link) { ended(name, ending, at) }
        case .channel(let link, let event): take(event, on: link, at)
        case .reported: break
        }
    }
    /// Returns the real addresses of both sides of a link if the run keeps evidence.
    private func ends(of link: LinkID) -> (local: Endpoint, peer: Endpoint)? {
        options.keepsEvidence ? driver.network.ends(of: link) : nil
    }
    func ended(_ name: String, _ ending: Ending, _ at: Instant) {
        guard var c = links.take(name) else { return }
        // Bytes that faults still delay arrive before the end.
        for bytes in c.incomingLine.drain() { parse(bytes, &c, at) }
        if let rest = c.endUnits() { parse(rest, &c, at) }
        let isInside = c.stream?.isInside(c.opener.opposite) ?? c.incoming.isInside
        let how = (ending == .closed ? "closed" : "reset") + (isInside ? " in the middle of a message" : "")
        c.ended = note(c, .received, .closed(how), at: at)
        c.ending = (how, at, false)
        links[name] = c
        endStreams(of: c, how, at, c.ended)
    }
    func received(_ bytes: [UInt8], _ name: String, _ at: Instant) {
        if takeIntroduction(bytes, on: name, at) { return }
        guard !links.budget.isUsedUp, var c = links.take(name) else { return }
        links.budget.bytes -= bytes.count
        if c.incomingLine.isClear {
            parse(bytes, &c, at)
        } else {
            for piece in c.units.units(bytes, definition.reading.datagrams) {
                let rest = Array(piece.bytes.dropFirst(c.unitsBefore))
                c.unitsBefore = 0
                c.incomingLine.push(unit(rest, piece.message, piece.part, &c.incomingLine, c), now: driver.now)
            }
            for bytes in c.incomingLine.take(now: driver.now) { parse(bytes, &c, at) }
        }
        links[name] = c
        if links.budget.isUsedUp { giveUp(Self.flood) }
    }
    /// Parses received bytes after all faults.
    func parse(_ bytes: [UInt8], _ c: inout Link, _ at: Instant) {
        if definition.transport == .udp { c.datagrams.append((at, bytes)) }
        if c.stream != nil { return receiveLayers(bytes, &c, at) }
        let wasBroken = c.incoming.isBroken
        for piece in c.incoming.receive(bytes) {
            let entry = note(c, .received, .of(piece.type, piece.bytes, piece.problem), at: at)
            if !wasBroken { keep(piece, .own, entry, &c, at) }
        }
    }
    static var channelFlood: String { "the node has more than \(LayerChannels.limit) channels open at a time" }
    static var flood: String { "the node sends without end: more than 64 MiB or 100,000 messages in one case" }
}
