internal import Network
internal import Node
internal import Wire

/// The links of protocols that run above layers.
extension CaseRun {
    /// Returns our ends of an actor's layers up to `up`; nil if no layer takes part. They give their keys to `secrets`.
    /// `target`: the resource to open; nil for the resource in the address of the node under test.
    func ends(
        of name: String, _ opener: Opener, by actor: String, up: String?, facing peer: Endpoint, target: String? = nil,
        _ secrets: Secrets?
    ) -> LayerEnds? {
        guard let stack = definition.reading.layers, definition.name != stack.bottom else { return nil }
        let isBare = up == definition.transport.rawValue
        if isBare, stack.security == nil { return nil }
        let random = Random(seed: options.seed, self.case.id, "layers of \(name)")
        var plan = LayerEnds.Plan(stack, top: isBare ? stack.security : up, peer: peer, options.settings, random)
        plan.secrets = secrets
        if case .bytes(let seed)? = scope.names[actor]?["seed"]?.carried { plan.identity = seed }
        plan.target = target ?? options.settings.resource?.target ?? ""
        return LayerEnds(plan, opener)
    }
    /// Begins the layers of an established connection.
    func beginEnds(of name: String) {
        withEnds(of: name) { ends, turn in ends.begin(driver.now, &turn) }
    }
    /// Closes the layers, because the harness closes the connection.
    func closeEnds(of name: String) {
        withEnds(of: name) { ends, turn in ends.close(driver.now, &turn) }
    }
    /// Wakes the ends of layers that are due.
    func wakeEnds() {
        for c in links.all where c.ending == nil && c.failure == nil {
            guard let due = c.ends?.deadline, due <= driver.now else { continue }
            withEnds(of: c.name) { ends, turn in ends.wake(driver.now, &turn) }
        }
    }
    func withEnds(of name: String, _ body: (inout LayerEnds, inout LayerTurn) -> Void) {
        guard var c = links[name], var ends = c.ends else { return }
        var turn = LayerTurn()
        body(&ends, &turn)
        c.ends = ends
        act(turn, &c)
        links[name] = c
    }
    /// Carries out the actions that the ends request.
    private func act(_ turn: LayerTurn, _ c: inout Link) {
        if !turn.down.isEmpty { put(turn.down, on: &c) }
        c.identity = turn.identity ?? c.identity
        c.refusal = turn.refusal ?? c.refusal
        c.isUnsupported = c.isUnsupported || turn.isUnsupported
        guard turn.isOver, c.ending == nil, !c.isHalfClosed else { return }
        driver.close(c.id, reset: false)
        note(c, .sent, .closed("closed"))
        c.ending = ("closed by its layers", driver.now, false)
        endStreams(of: c, "closed by its layers", driver.now)
    }
    /// Waits for the handshakes of the layers on an established link.
    func raising(_ step: Step, _ c: Link, _ deadline: Instant) -> Instant? {
        let all = definition.reading.layers?.layers.map(\.name).joined(separator: ", ") ?? ""
        let layers = c.ends?.rising ?? all
        if let ending = c.ending {
            let why = c.refusal.map { ": \($0)\(versionHint($0))" } ?? ""
            var p = Problem(
                "connection \(ending.how) before \(layers) stood\(why)", step.span, label: "no \(layers)",
                culprit: lastReceived(on: c.name))
            guard c.isUnsupported else {
                failed(p, step)
                return nil
            }
            // The node lacks a capability, whatever the step is about.
            p.because = step.because
            if judge(step, .failed, min(step.otherwise ?? .inconc, .inconc), p, step.requirement) { next() }
        } else if driver.now >= deadline {
            failed(
                Problem(
                    "\(layers) did not stand in time", step.span, label: "no \(layers)",
                    culprit: lastReceived(on: c.name)), step)
        } else {
            return deadline
        }
        return nil
    }
    /// Returns a hint for a node that does not speak the version with which it is tested; empty for other refusals.
    private func versionHint(_ refusal: String) -> String {
        guard definition.configuration.parameters.contains(where: { $0.name == "version" }),
            definition.reading.layers?.prefixes.keys.contains(where: refusal.contains) ?? false
        else { return "" }
        return " (the node is tested with -P version=\(options.settings["version"]): give the one that it speaks)"
    }
    /// Returns the bytes of a unit as they are sent over the connection.
    func lower(_ u: SentUnit, on c: Link, _ span: Span) throws(EvaluationError) -> [UInt8] {
        guard let stack = definition.reading.layers else { return u.bytes }
        var turn = LayerTurn()
        let base = connection(of: c).name
        let path = (c.channel?.path ?? [])[...]
        var ends = links[base]?.ends
        defer { links[base]?.ends = ends }
        let name: String
        var isDone = false
        let kind = stack.kind(u.bytes.span.bytes)
        // Raw bytes on a channel belong to the layer of the channel.
        if let above = u.above ?? (u.message == nil ? c.channel?.layer : nil) {
            name = above
            isDone = ends?.send(u.bytes, kind: kind, above: above, in: path, driver.now, &turn) ?? false
        } else if let message = u.message {
            // Several layers may have the message, such as multistream. The highest active one sends it.
            let names = definition.speakers(of: message)
            name = names.last ?? definition.name
            for name in names.reversed() where !isDone {
                if name == stack.bottom { return u.bytes }
                isDone = ends?.send(u.bytes, kind: kind, into: name, in: path, driver.now, &turn) ?? false
            }
        } else if let security = stack.security {
            name = security
            isDone = ends?.send(u.bytes, kind: kind, above: security, in: path, driver.now, &turn) ?? false
        } else {
            return u.bytes
        }
        guard isDone else {
            throw EvaluationError(
                message:
                    "link `\(c.name)` has no \(name): `open` starts the layers up to `up`, by default all",
                span: span)
        }
        return turn.down
    }
    /// Sends bytes of the layers over the connection of a link.
    func put(_ bytes: [UInt8], over name: String) {
        guard let c = links[name] else { return }
        var base = connection(of: c)
        put(bytes, on: &base)
        links[base.name] = base
    }
    /// Sends bytes of the layers, cut into pieces as the run options require.
    func put(_ bytes: [UInt8], on c: inout Link) {
        lookOn(bytes, .sent, c, driver.now)
        let sizes = options.chop?.sizes([bytes.count])
        let pieces = sizes.map { Self.cut(bytes, $0) } ?? [bytes]
        guard c.behindPieces == nil else {
            c.behindPieces? += pieces
            return
        }
        for piece in pieces { driver.send(piece, on: c.id) }
    }
    /// Replaces the bytes of a unit by its bytes for the connection. If a fault delays or drops the unit, it has no
    /// bytes afterwards. Returns the last trace entry.
    func lower(_ u: inout SentUnit, on c: Link, _ span: Span) throws(EvaluationError) -> Int? {
        guard let queue = u.message.map(definition.queue), links[c.name]?.upperLines[queue]?.outgoing.isClear == false
        else {
            u.bytes = try lower(u, on: c, span)
            u.message = nil
            let found = look(u.bytes, .sent, c, driver.now)
            for f in found where f.found.isOnWire { u.message = f.found.piece?.type?.name.description }
            return found.last?.entry
        }
        let entry = note(c, .sent, u.content)
        trace[entry].carrier = .layers
        guard var line = links[c.name]?.upperLines[queue]?.outgoing else { return entry }
        line.push(unit(u.bytes, u.message, nil, &line, c), now: driver.now)
        links[c.name]?.upperLines[queue]?.outgoing = line
        u.bytes = []
        pumpUpper(c.name)
        return entry
    }
    /// Releases messages above the lowest layer that faults no longer delay.
    func pumpUpper(_ name: String) {
        for queue in links[name]?.upperLines.keys.sorted() ?? [] {
            let out = links[name]?.upperLines[queue]?.outgoing.take(now: driver.now) ?? []
            for bytes in out {
                guard let c = links[name], c.ending == nil else { break }
                let unit = SentUnit(content: .bytes(bytes, nil), bytes: bytes, message: spoken(queue))
                if let wire = try? lower(unit, on: c, .top) { put(wire, over: name) }
            }
            let come = links[name]?.upperLines[queue]?.incoming.take(now: driver.now) ?? []
            for bytes in come {
                guard var c = links[name] else { break }
                var deframer = Deframer(framing(queue, c.opener.opposite))
                let piece = deframer.message(bytes, kind: definition.reading.layers?.kind(bytes.span.bytes) ?? 0)
                let entry = note(c, .received, .of(piece.type, bytes, piece.problem))
                trace[entry].carrier = .layers
                keep(piece, queue, entry, &c, driver.now)
                links[name] = c
            }
        }
    }
    /// Returns the name of a message of a queue.
    private func spoken(_ queue: Queue) -> String? {
        let messages =
            if case .layer(let i) = queue { definition.reading.layers?.layers[i].messages ?? [] } else {
                definition.messages
            }
        return messages.first?.name.description
    }
    private func framing(_ queue: Queue, _ sender: Opener) -> any Framing {
        guard case .layer(let i) = queue, let layer = definition.reading.layers?.layers[i] else {
            return definition.reading.framing(options.settings)
        }
        return LayerReader(layer, options.settings).framing(sender)
    }
    func keep(
        _ piece: Deframer.Piece, _ queue: Queue, _ entry: Int, _ c: inout Link, _ at: Instant,
        in channel: LayerChannel? = nil
    ) {
        c[queue].records.append(
            Link.Record(
                at: at, type: piece.type, bytes: piece.bytes, problem: piece.problem, trace: entry, channel: channel))
        links.budget.records -= 1
    }
    /// Handles bytes that arrived over a connection with layers.
    func receiveLayers(_ bytes: [UInt8], _ c: inout Link, _ at: Instant) {
        // The ends are first: these bytes may give them the keys that are needed to read the same bytes.
        var turn = LayerTurn()
        if var ends = c.ends, c.ending == nil {
            var content: [LayerContent] = []
            ends.receive(bytes.span.bytes, at: driver.now, into: &content, in: &turn)
            c.ends = ends
        }
        for (entry, found) in look(bytes, .received, c, at) {
            arrive(found, entry, &c, at)
            // Its bytes are already counted with the unit.
            if found.isUnit { links.budget.records += 1 }
        }
        if c.stream?.all.isFull == true { giveUp(Self.channelFlood) }
        act(turn, &c)
    }
    /// Records the contents of bytes of a connection, queue by queue. Returns the last entry.
    @discardableResult
    func lookOn(_ bytes: [UInt8], _ direction: Direction, _ c: Link, _ at: Instant) -> Int? {
        look(bytes, direction, c, at).last?.entry
    }
    private func look(
        _ bytes: [UInt8], _ direction: Direction, _ c: Link, _ at: Instant
    ) -> [(entry: Int, found: LinkStream.Found)] {
        let c = connection(of: c)
        var all: [LinkStream.Found] = []
        let sender = direction == .sent ? c.opener : c.opener.opposite
        c.stream?.receive(bytes, from: sender, at: at, &all)
        var out: [(Int, LinkStream.Found)] = []
        for found in all {
            let way: Direction = found.sender == c.opener ? .sent : .received
            let linked = found.channel?.linked
            guard let piece = found.piece else {
                if way == .received, let linked, linked === found.channel { endStream(linked, c, at) }
                continue
            }
            // The channel has no messages to record before a step takes it.
            if let channel = found.channel, linked == nil, isUnknown(channel) {
                if way == .received { keepEarly(piece, channel, at) }
                continue
            }
            let content = TraceEntry.Content.of(piece.type, piece.bytes, piece.problem)
            let entry: Int
            if found.isUnit, let unit = out.last?.0 {
                // A unit that is a message has one entry, with its final content.
                if piece.type == nil { trace[unit].part = trace[unit].type }
                trace[unit].content = content
                entry = unit
            } else {
                entry = note(c, way, content, at: at, on: linked?.link)
                if !found.isOnWire { trace[entry].carrier = definition.reading.datagrams == nil ? .layers : .datagrams }
            }
            if way == direction {
                out.append((entry, found))
            } else if way == .received {
                // The record waited for bytes of the other side.
                links.wait(found, entry: entry, on: c.id)
            }
        }
        return out
    }
    /// Handles a received message of a queue, or bytes that are not a message, for the link whose channel carried it.
    private func arrive(_ found: LinkStream.Found, _ entry: Int, _ c: inout Link, _ at: Instant) {
        guard let piece = found.piece else { return }
        guard let linked = found.channel?.linked, let name = linked.link else {
            return arrive(piece, found, entry, &c, at)
        }
        // Meanwhile the name may belong to another link.
        guard var own = links[name], own.channel === linked else { return }
        arrive(piece, found, entry, &own, at)
        links[name] = own
    }
    private func arrive(
        _ piece: Deframer.Piece, _ found: LinkStream.Found, _ entry: Int, _ c: inout Link, _ at: Instant
    ) {
        guard var line = c.upperLines[found.queue]?.incoming, !line.isClear else {
            return keep(piece, found.queue, entry, &c, at, in: found.channel)
        }
        line.push(unit(piece.bytes, piece.type?.name.description, nil, &line, c), now: driver.now)
        c.upperLines[found.queue]?.incoming = line
    }
    /// Takes the records that arrived earlier and waited for bytes that were sent now.
    func takeWaited() {
        for w in links.takeWaited() {
            guard let name = links.name(of: w.id), var c = links.take(name) else { continue }
            arrive(w.found, w.entry, &c, driver.now)
            links[name] = c
        }
    }
}

extension Definition {
    /// Returns the senders of messages with this name: the protocol itself, or the layers below it from the lowest one
    /// up.
    fileprivate func speakers(of message: String) -> [String] {
        if queue(of: message) == .own { return [name] }
        let layers = reading.layers?.layers ?? []
        return layers.filter { $0.messages.contains { $0.name.description == message } }.map(\.name)
    }
}
