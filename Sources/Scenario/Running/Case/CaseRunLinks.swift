internal import Network
internal import Node
internal import Wire

extension CaseRun {
    /// Creates a link for a new connection.
    func newLink(
        _ name: String, ours: String, theirs: String, _ id: LinkID, by opener: Opener = .us
    ) -> Link {
        var connection = CaseConnection(link: name, ours: ours, theirs: theirs)
        if definition.reading.layers != nil { connection.secrets = Secrets() }
        return newLink(
            name, ours: ours, theirs: theirs, id, links.add(connection), by: opener,
            LinkStream.bottom(definition, options.settings, connection.secrets))
    }
    /// Creates a link with the stream of a connection, or with a channel of a connection.
    func newLink(
        _ name: String, ours: String, theirs: String, _ id: LinkID, _ connection: Int, by opener: Opener,
        _ stream: LinkStream?, _ channel: LayerChannel? = nil, isDataChannel: Bool = false
    ) -> Link {
        var random = Random(seed: options.seed, self.case.id, "faults of \(name)")
        func line() -> FaultLine {
            FaultLine(Random(seed: random.next()), isDatagrams: definition.transport == .udp || isDataChannel)
        }
        let deframer = newDeframer(from: opener.opposite, isDataChannel: isDataChannel)
        var c = Link(
            name: name, ours: ours, theirs: theirs, id: id, connection: connection, incoming: deframer,
            opener: opener, stream: stream, channel: channel, outgoingLine: line(), incomingLine: line(),
            units: deframer)
        if c.isLayered, let stack = definition.reading.layers {
            c.upperLines[.own] = Link.FaultLines(outgoing: line(), incoming: line())
            for (i, layer) in stack.layers.enumerated() where layer.name != stack.bottom {
                c.upperLines[.layer(i)] = Link.FaultLines(outgoing: line(), incoming: line())
            }
        }
        for f in links.faults { apply(f, to: &c) }
        return c
    }

    /// Creates a deframer for the bytes that one side of a connection sends, or for the messages of a data channel.
    func newDeframer(from sender: Opener, isDataChannel: Bool) -> Deframer {
        isDataChannel
            ? Deframer(definition.reading.framing(options.settings), isDatagrams: true)
            : Deframer(
                LinkStream.framing(definition, options.settings, from: sender),
                isDatagrams: definition.transport == .udp)
    }

    /// Handles the events that arrived over a link before a step took it.
    func takeEarly(_ a: CaseLinks.Arrival) {
        for early in a.early {
            // The bytes were counted when they arrived.
            if case .received(_, let bytes) = early.what { links.budget.bytes += bytes.count }
            take(early.what, early.at)
        }
    }
    /// Puts aside a link whose name is given to another one. It stays open until the case ends.
    func putAside(_ name: String) {
        guard let old = links.putAside(name) else { return }
        endStreams(of: old, Link.ourEnd, driver.now)
    }
    /// Throws if a link of the step was never opened or was closed by the scenario itself, because that is no evidence
    /// about the node.
    func checkLinks(of step: Step) throws(EvaluationError) {
        for e in step.verb.expectations {
            // A unit of this layer never arrives on the channel, regardless of the node.
            guard case .layer(let i) = e.queue, let link = links[e.link], let own = link.channel,
                let stack = definition.reading.layers, stack.layers[i].name == own.layer,
                own.speaks.flatMap(stack.resolve) != own.layer
            else { continue }
            throw EvaluationError(
                message:
                    "link `\(e.link)` is a channel of \(own.layer): use its parent link for messages of \(own.layer)",
                span: e.whatSpan)
        }
        for name in step.verb.usedLinks {
            guard let c = links[name] else {
                throw EvaluationError(message: "link `\(name)` was not opened", span: step.span)
            }
            if c.isHalfClosed, step.verb.sends {
                throw EvaluationError(
                    message: "the scenario itself has closed its side of link `\(name)`", span: step.span)
            }
            if c.isOurEnd {
                throw EvaluationError(message: "the scenario itself has closed link `\(name)`", span: step.span)
            }
        }
    }
}
