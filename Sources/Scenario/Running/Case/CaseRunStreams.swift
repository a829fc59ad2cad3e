internal import Network
internal import Node
internal import Wire

/// The channels of layers that steps turn into links of their own.
extension CaseRun {
    /// Returns the link of the whole connection for a channel; otherwise the link itself.
    func connection(of c: Channel) -> Channel {
        c.channel == nil ? c : channel(c.link).flatMap { channels[$0] } ?? c
    }
    func begin(_ s: StreamStep, _ step: Step) throws(EvaluationError) {
        guard let of = channels[s.of] else { return }
        let deadline = driver.now + options.stretched(try s.within?.duration(scope) ?? .seconds(10))
        let speaks = try s.speaks?.term(scope).text
        if let ending = of.ending {
            // A channel that could not be opened proves nothing about its answer.
            let p = Problem("connection \(ending.how) before this could be opened", step.span, label: "not opened")
            return failed(p, step, unless: .inconc)
        }
        guard s.isOurs else {
            return wait(until: deadline) { [unowned self] in
                take(step, s, speaks, of.link, deadline, "the node opened no channel") { c in
                    c.opener != connection(of: of).opener && c.outer?.linked === of.channel
                        && carries(c, speaks)
                }
            }
        }
        var path: [ChannelID]?
        withEnds(of: connection(of: of).name) { ends, turn in
            path = ends.open(speaks ?? definition.name, in: (of.channel?.path ?? [])[...], driver.now, &turn)
        }
        guard let path else {
            throw EvaluationError(
                message:
                    "no layer that the harness runs on link `\(s.of)` opens channels: send its messages",
                span: step.span)
        }
        wait(until: deadline) { [unowned self] in
            take(step, s, speaks, of.link, deadline, "the channel did not begin") { $0.path == path }
        }
    }
    /// Returns whether a channel carries this protocol: by its name in the layers, or by the protocol that the name
    /// stands for.
    private func carries(_ channel: LayerChannel, _ wanted: String?) -> Bool {
        guard let wanted, channel.speaks != wanted else { return true }
        return wanted == definition.name && channel.speaks.flatMap { definition.layers?.resolve($0) } == wanted
    }
    /// Waits for the first channel that fits, and makes it the link of the step.
    private func take(
        _ step: Step, _ s: StreamStep, _ wanted: String?, _ link: LinkID, _ deadline: Instant, _ missing: String,
        where fits: (LayerChannel) -> Bool
    ) -> Instant? {
        guard let name = channel(link), let base = channels[name] else { return nil }
        if let found = base.stream?.all.take(where: fits) {
            make(found, s, base)
            wait(until: deadline) { [unowned self] in standing(step, s.link, wanted, deadline) }
            return .zero
        }
        if let ending = base.ending {
            failed(Problem("connection \(ending.how): \(missing)", step.span, label: "no channel"), step)
        } else if driver.now >= deadline {
            failed(Problem("\(missing) in time", step.span, label: "no channel", excuse: lossExcuse), step)
        } else {
            return deadline
        }
        return nil
    }
    /// Waits for the handshakes of the layers in a channel.
    private func standing(_ step: Step, _ name: String, _ wanted: String?, _ deadline: Instant) -> Instant? {
        guard let c = channels[name], let own = c.channel else { return nil }
        // A layer that acts by itself, such as identify of libp2p, may end at once. Agreeing on it is enough.
        if let wanted, own.speaks == wanted, let layers = definition.layers,
            layers.resolve(wanted).map({ layers[$0] != nil }) == true
        {
            held(step)
            return nil
        }
        if !isUnknown(own), connection(of: c).ends?.isUp(in: own.path[...]) == false {
            return raising(step, c, deadline)
        }
        held(step)
        return nil
    }
    /// Makes a link from a channel, with the records that it received before.
    private func make(_ found: LayerChannel, _ s: StreamStep, _ base: Channel) {
        let from = channels[s.of]
        putAside(s.link)
        found.link = s.link
        var c = newChannel(
            s.link, ours: base.ours, theirs: base.theirs, base.link, base.connection, by: base.opener, nil, found)
        c.isOpen = true
        let entry = note(c, s.isOurs ? .sent : .received, .opened)
        trace[entry].carrier = .layers
        c.opened = entry
        currentBranch.entry = entry
        for level in from?.queues.indices ?? 0..<0 {
            let untaken = from?[level].records.dropFirst(from?[level].taken ?? 0) ?? []
            let moved = untaken.filter { $0.channel?.linked === found }
            if moved.isEmpty { continue }
            c[level].records += moved
            channels[s.of]?[level].records.removeAll { r in
                r.channel?.linked === found && moved.contains { $0.trace == r.trace }
            }
        }
        for (at, piece) in found.early {
            let entry = note(c, .received, .of(piece.type, piece.bytes, piece.problem), at: at)
            trace[entry].carrier = .layers
            keep(piece, 0, entry, &c, at, in: found)
        }
        found.early = []
        channels[s.link] = c
        if found.ended.contains(base.opener.opposite) { endStream(found, base, driver.now) }
    }
    /// Returns whether the protocol of a channel is unknown.
    func isUnknown(_ channel: LayerChannel) -> Bool {
        guard let stack = definition.layers else { return false }
        return channel.speaks.flatMap(stack.resolve) == nil
    }
    /// Keeps a piece received on a channel that no step has taken and whose protocol is unknown.
    func keepEarly(_ piece: Deframer.Piece, _ channel: LayerChannel, _ at: Instant) {
        channel.early.append((at, piece))
        remaining.records -= 1
    }
    /// Handles the end of a channel by the other side.
    func endStream(_ channel: LayerChannel, _ base: Channel, _ at: Instant) {
        guard let name = channel.link, let c = channels[name], c.channel === channel, c.ending == nil else { return }
        let entry = note(c, .received, .closed("closed"), at: at)
        trace[entry].carrier = .layers
        channels[name]?.ended = entry
        channels[name]?.ending = ("closed", at, false)
    }
    /// Returns whether the node has ended only its own direction of a channel whose layer answers requests. A node that
    /// has sent its request and ended its direction still receives the answer.
    func stillHears(_ c: Channel) -> Bool {
        let base = connection(of: c)
        guard let own = c.channel, own.ended == [base.opener.opposite], base.ending == nil, !c.isHalfClosed,
            let stack = definition.layers, let name = own.speaks.flatMap(stack.resolve)
        else { return false }
        return stack[name] != nil
    }
    /// Ends the channels of a connection that has ended.
    func endStreams(of base: Channel, _ how: String, _ at: Instant, _ entry: Int? = nil) {
        guard base.channel == nil else { return }
        for (name, c) in channels where c.channel != nil && c.link == base.link && c.ending == nil {
            channels[name]?.ended = entry
            channels[name]?.ending = (how, at, how == Channel.ourEnd)
        }
    }
    /// Ends a channel from our side.
    func closeStream(_ c: Channel, isReset: Bool, _ step: Step) throws(EvaluationError) {
        var isDone = false
        withEnds(of: connection(of: c).name) { ends, turn in
            isDone = ends.close((c.channel?.path ?? [])[...], isReset: isReset, driver.now, &turn)
        }
        guard isDone else {
            throw EvaluationError(
                message: "no layer that the harness runs can close link `\(c.name)`: send its messages",
                span: step.span)
        }
        let entry = note(c, .sent, .closed(isReset ? "reset" : "closed"))
        trace[entry].carrier = .layers
        currentBranch.entry = entry
    }
}
