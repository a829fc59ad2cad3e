internal import Network
internal import Node
internal import Wire

extension CaseRun {
    @discardableResult
    func note(_ channel: Channel, _ direction: Direction, _ content: TraceEntry.Content) -> Int {
        trace.append(
            TraceEntry(
                at: driver.now - scope.start, link: channel.name, ours: channel.ours, theirs: channel.theirs,
                direction: direction, content: content))
        return trace.count - 1
    }
    func channel(_ link: LinkID) -> String? { channels.first { $0.value.link == link }?.key }

    /// Something happened on one of this case's links.
    func handle(_ h: Happening) {
        switch h {
        case .opened(let link, _, let listener):
            if let listener, let actor = listeners.first(where: { $0.value.id == listener })?.key {
                arrivals.append(Arrival(actor: actor, link: link))
            } else if let name = channel(link), let c = channels[name] {
                channels[name]?.isOpen = true
                note(c, .sent, .opened)
            }
        case .failed(let link, let error):
            guard let name = channel(link) else { return }
            if channels[name]?.isOpen == true { ended(name, "broken: \(error.reason)") } else { channels[name]?.failure = "\(error)" }
        case .received(let link, let bytes):
            if keepEarly(h, link) { return }
            if let name = channel(link) { received(bytes, name) }
        case .ended(let link, let ending):
            if keepEarly(h, link) { return }
            if let name = channel(link) { ended(name, ending == .closed ? "closed" : "reset") }
        case .reported: break
        }
    }
    /// What comes over a connection that no step has taken yet waits with it.
    func keepEarly(_ h: Happening, _ link: LinkID) -> Bool {
        guard let i = arrivals.firstIndex(where: { $0.link == link }) else { return false }
        arrivals[i].early.append(h)
        return true
    }
    func ended(_ name: String, _ how: String) {
        guard var c = channels.removeValue(forKey: name) else { return }
        // What faults still held up comes before the end.
        for bytes in c.incomingLine.drain() { parse(bytes, &c) }
        let words = how + (c.incoming.isInside ? " in the middle of a message" : "")
        note(c, .received, .closed(words))
        c.ending = (words, driver.now, false)
        channels[name] = c
    }
    func received(_ bytes: [UInt8], _ name: String) {
        guard var c = channels.removeValue(forKey: name) else { return }
        c.received += bytes.count
        if c.received > Channel.maximumBytes || trace.count > Self.maximumTrace {
            channels[name] = c
            return flooded(name)
        }
        if c.incomingLine.isClear {
            parse(bytes, &c)
        } else {
            for piece in c.units.receive(bytes) {
                c.incomingLine.push(unit(piece.bytes, piece.type?.name.description, &c.incomingLine, c), now: driver.now)
            }
            for bytes in c.incomingLine.take(now: driver.now) { parse(bytes, &c) }
        }
        channels[name] = c
    }
    /// Bytes that came, after all faults.
    func parse(_ bytes: [UInt8], _ c: inout Channel) {
        let wasBroken = c.incoming.isBroken
        for piece in c.incoming.receive(bytes) {
            let content: TraceEntry.Content = piece.type.map { .message($0, piece.bytes) } ?? .bytes(piece.bytes, piece.problem)
            let i = note(c, .received, content)
            if wasBroken { continue }
            let r = Channel.Record(
                at: driver.now, type: piece.type, bytes: piece.bytes, problem: piece.problem, trace: i)
            c.records.append(r)
            if !defaults.isEmpty { checkForbidden(r) }
        }
    }
    func flooded(_ name: String) {
        guard let c = channels[name], c.ending == nil else { return }
        driver.close(c.link, reset: true)
        note(c, .sent, .closed("reset"))
        channels[name]?.ending = ("closed by us", driver.now, true)
        let p = Problem(
            "the node floods link `\(name)`: \(c.received) bytes, \(trace.count) messages", lane.step?.span ?? .top, label: "here")
        settle(.inconc, p)
        end()
    }
}
