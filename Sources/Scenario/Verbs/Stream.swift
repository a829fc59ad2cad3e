internal import Network
internal import Node
internal import Wire

/// `open` or `accept` with `stream`: a channel of a layer becomes a link of its own.
struct StreamVerb: Verb {
    /// The link whose layers carry the channel.
    var of: String
    var link: String
    /// The protocol of the channel, in the terms of the layers; nil for the scenario's protocol, or for any channel
    /// that the node opens.
    var speaks: Template?
    var within: Template?
    /// True if our side opens the channel.
    var isOurs: Bool

    init?(_ of: YAMLNode, _ m: Members, isOurs: Bool, by loader: inout Loader) {
        let of = loader.layers(of, "stream") == nil ? nil : loader.link(of)
        within = loader.time(m["within"], "within")
        speaks = m["proto"].map { loader.leaf($0, .text, "proto") }
        guard let link = loader.newLink(m["as"]), let of else { return nil }
        self.of = of
        self.link = link
        self.isOurs = isOurs
    }
    var text: String { "\(isOurs ? "open" : "accept") a stream of \(of) as \(link)" }
    var usedLinks: [String] { [of] }
    var sends: Bool { isOurs }
    var newLink: String? { link }
    func lint(_ step: Step, active: inout Set<String>, by loader: inout Loader) { active.insert(link) }

    func start(_ step: Step, in run: CaseRun) throws(EvaluationError) {
        guard let of = run.links[of] else { return }
        let limit = try within?.duration(run.scope) ?? .seconds(10)
        let deadline = run.driver.now + run.options.stretched(limit)
        let speaks = try speaks?.term(run.scope).text
        if let ending = of.ending {
            // A channel that could not be opened proves nothing about its answer.
            let p = Problem("connection \(ending.how) before this could be opened", step.span, label: "not opened")
            return run.failed(p, step, unless: .inconc)
        }
        let wanted = Wanted(speaks: speaks, connection: of.id, deadline: deadline)
        guard isOurs else {
            return run.wait(until: deadline) { [unowned run] in
                take(wanted, step, in: run, or: "the node opened no channel") { c in
                    c.opener != run.connection(of: of).opener && c.outer?.linked === of.channel
                        && run.carries(c, speaks)
                }
            }
        }
        var path: [ChannelID]?
        run.withEnds(of: run.connection(of: of).name) { ends, turn in
            path = ends.open(
                speaks ?? run.definition.name, in: (of.channel?.path ?? [])[...], run.driver.now, &turn)
        }
        guard let path else {
            throw EvaluationError(
                message: "no layer that the harness runs on link `\(self.of)` opens channels: send its messages",
                span: step.span)
        }
        run.wait(until: deadline) { [unowned run] in
            take(wanted, step, in: run, or: "the channel did not begin") { $0.path == path }
        }
    }
    /// What the step waits for.
    private struct Wanted {
        var speaks: String?
        var connection: LinkID
        var deadline: Instant
    }
    /// Waits for the first channel that fits, and makes it the link of the step.
    private func take(
        _ wanted: Wanted, _ step: Step, in run: CaseRun, or missing: String, where fits: (LayerChannel) -> Bool
    ) -> Instant? {
        guard let name = run.links.name(of: wanted.connection), let base = run.links[name] else { return nil }
        if let found = base.stream?.all.take(where: fits) {
            make(found, base, in: run)
            run.wait(until: wanted.deadline) { [unowned run] in raise(wanted, step, in: run) }
            return .zero
        }
        if let ending = base.ending {
            run.failed(Problem("connection \(ending.how): \(missing)", step.span, label: "no channel"), step)
        } else if run.driver.now >= wanted.deadline {
            run.failed(
                Problem("\(missing) in time", step.span, label: "no channel", excuse: run.lateness.lossExcuse), step)
        } else {
            return wanted.deadline
        }
        return nil
    }
    /// Waits for the handshakes of the layers in a channel.
    private func raise(_ wanted: Wanted, _ step: Step, in run: CaseRun) -> Instant? {
        guard let c = run.links[link], let own = c.channel else { return nil }
        // A layer that acts by itself, such as identify of libp2p, may end at once. Agreeing on it is enough.
        if let name = wanted.speaks, own.speaks == name, let layers = run.definition.reading.layers,
            layers.resolve(name).map({ layers[$0] != nil }) == true
        {
            run.held(step)
            return nil
        }
        if !run.isUnknown(own), run.connection(of: c).ends?.isUp(in: own.path[...]) == false {
            return run.raising(step, c, wanted.deadline)
        }
        run.held(step)
        return nil
    }
    /// Makes a link from a channel, with the records that it received before.
    private func make(_ found: LayerChannel, _ base: Link, in run: CaseRun) {
        let from = run.links[of]
        run.putAside(link)
        found.link = link
        var c = run.newLink(
            link, ours: base.ours, theirs: base.theirs, base.id, base.connection, by: base.opener, nil, found)
        c.isOpen = true
        let entry = run.note(c, isOurs ? .sent : .received, .opened)
        run.trace[entry].carrier = .layers
        c.opened = entry
        run.currentBranch.entry = entry
        for (queue, received) in from?.queues ?? [] {
            let moved = received.records.dropFirst(received.taken).filter { $0.channel?.linked === found }
            if moved.isEmpty { continue }
            c[queue].records += moved
            run.links[of]?[queue].records.removeAll { r in
                r.channel?.linked === found && moved.contains { $0.trace == r.trace }
            }
        }
        for (at, piece) in found.early {
            let entry = run.note(c, .received, .of(piece.type, piece.bytes, piece.problem), at: at)
            run.trace[entry].carrier = .layers
            run.keep(piece, .own, entry, &c, at, in: found)
        }
        found.early = []
        run.links[link] = c
        if found.ended.contains(base.opener.opposite) { run.endStream(found, base, run.driver.now) }
    }
}
