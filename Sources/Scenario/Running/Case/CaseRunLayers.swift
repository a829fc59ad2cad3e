internal import Network
internal import Node
internal import Wire

/// Links of protocols that stand on layers.
extension CaseRun {
    /// The ends of a link's layers up to `up`; nil where none takes part.
    func ends(of name: String, _ opener: Opener, up: String?, facing peer: Endpoint) -> LayerEnds? {
        guard let stack = definition.layers, definition.name != stack.bottom, up != definition.transport.rawValue else {
            return nil
        }
        let random = Random(seed: options.seed, self.case.id, "layers of \(name)")
        return LayerEnds(LayerEnds.Plan(stack, top: up, peer: peer, options.settings, random), opener)
    }
    /// The connection stands.
    func beginEnds(of name: String) {
        withEnds(of: name) { ends, turn in ends.begin(driver.now, &turn) }
    }
    /// The harness closes: the ends say so.
    func closeEnds(of name: String) {
        withEnds(of: name) { ends, turn in ends.close(driver.now, &turn) }
    }
    /// Ends whose time has come go on.
    func wakeEnds() {
        for (name, c) in channels where c.ending == nil && c.failure == nil {
            guard let due = c.ends?.deadline, due <= driver.now else { continue }
            withEnds(of: name) { ends, turn in ends.wake(driver.now, &turn) }
        }
    }
    private func withEnds(of name: String, _ body: (inout LayerEnds, inout LayerTurn) -> Void) {
        guard var c = channels[name], var ends = c.ends else { return }
        var turn = LayerTurn()
        body(&ends, &turn)
        c.ends = ends
        act(turn, &c)
        channels[name] = c
    }
    /// Does what the ends want done.
    private func act(_ turn: LayerTurn, _ c: inout Channel) {
        if !turn.down.isEmpty { put(turn.down, on: c) }
        for event in turn.events where event.name == "refused" {
            c.refusal = event.details.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        }
        guard turn.isOver, c.ending == nil else { return }
        driver.close(c.link, reset: false)
        note(c, .sent, .closed("closed"))
        c.ending = ("closed by its layers", driver.now, false)
    }
    /// Waits for the layers of a link that stands.
    func raising(_ step: Step, _ c: Channel, _ deadline: Instant) -> Instant? {
        let layers = definition.layers?.layers.map(\.name).joined(separator: ", ") ?? ""
        if let ending = c.ending {
            let why = c.refusal.map { ": \($0)" } ?? ""
            failed(
                Problem(
                    "connection \(ending.how) before \(layers) stood\(why)", step.span, label: "no \(layers)",
                    culprit: lastReceived(on: c.name)), step)
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
    /// The bytes of a unit as they go over the connection.
    func lower(_ u: SentUnit, on c: Channel, _ span: Span) throws(EvaluationError) -> [UInt8] {
        guard let stack = definition.layers else { return u.bytes }
        var turn = LayerTurn()
        var ends = channels[c.name]?.ends
        defer { channels[c.name]?.ends = ends }
        let name: String
        let isDone: Bool
        if let above = u.above {
            name = above
            isDone = ends?.send(u.bytes, kind: stack.kind, above: above, driver.now, &turn) ?? false
        } else if let message = u.message {
            let level = definition.level(of: message)
            name = level == 0 ? definition.name : stack.layers[level - 1].name
            if name == stack.bottom { return u.bytes }
            isDone = ends?.send(u.bytes, kind: stack.kind, into: name, driver.now, &turn) ?? false
        } else {
            return u.bytes
        }
        guard isDone else {
            throw EvaluationError(
                message:
                    "\(name) is not spoken on link `\(c.name)`: `open` brings up layers up to `up`, here by default all",
                span: span)
        }
        return turn.down
    }
    /// Sends bytes of the layers, in the pieces that the run wants.
    func put(_ bytes: [UInt8], on c: Channel) {
        lookOn(bytes, .sent, c, driver.now)
        let sizes = options.chop?.sizes([bytes.count])
        let pieces = sizes.map { Self.cut(bytes, $0) } ?? [bytes]
        for piece in pieces { driver.send(piece, on: c.link) }
    }
    /// Bytes that came over a connection with layers.
    func receiveLayers(_ bytes: [UInt8], _ c: inout Channel, _ at: Instant) {
        for (entry, found) in look(bytes, .received, c, at) {
            c[found.level].records.append(
                Channel.Record(
                    at: at, type: found.piece.type, bytes: found.piece.bytes, problem: found.piece.problem,
                    trace: entry))
            remaining.records -= 1
        }
        guard var ends = c.ends, c.ending == nil else { return }
        var turn = LayerTurn()
        var content: [LayerContent] = []
        ends.receive(bytes.span.bytes, driver.now, &content, &turn)
        c.ends = ends
        act(turn, &c)
    }
    /// Notes what bytes of a connection hold, level by level; gives the last entry.
    @discardableResult
    func lookOn(_ bytes: [UInt8], _ direction: Direction, _ c: Channel, _ at: Instant) -> Int? {
        look(bytes, direction, c, at).last?.entry
    }
    private func look(
        _ bytes: [UInt8], _ direction: Direction, _ c: Channel, _ at: Instant
    ) -> [(entry: Int, found: LinkStream.Found)] {
        var all: [LinkStream.Found] = []
        c.stream?.receive(bytes, from: direction == .sent ? c.opener : c.opener.opposite, &all)
        var out: [(Int, LinkStream.Found)] = []
        for found in all {
            // What waited for the other direction is told with that.
            let way: Direction = found.sender == c.opener ? .sent : .received
            let entry = note(c, way, .of(found.piece.type, found.piece.bytes, found.piece.problem), at: at)
            trace[entry].isReassembled = !found.isOnWire
            if way == direction { out.append((entry, found)) }
        }
        return out
    }
}
