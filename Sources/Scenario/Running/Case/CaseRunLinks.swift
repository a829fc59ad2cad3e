internal import Network
internal import Node
internal import Wire

extension CaseRun {
    func newChannel(
        _ name: String, ours: String, theirs: String, _ link: LinkID, by opener: Opener = .us
    ) -> Channel {
        var connection = CaseConnection(link: name, ours: ours, theirs: theirs)
        if definition.layers != nil { connection.secrets = Secrets() }
        connections.append(connection)
        return newChannel(
            name, ours: ours, theirs: theirs, link, connections.count - 1, by: opener,
            LinkStream.bottom(definition, options.settings, connection.secrets))
    }
    /// Creates a link with the stream of a connection, or with a channel of a connection.
    func newChannel(
        _ name: String, ours: String, theirs: String, _ link: LinkID, _ connection: Int, by opener: Opener,
        _ stream: LinkStream?, _ channel: LayerChannel? = nil
    ) -> Channel {
        var random = Random(seed: options.seed, self.case.id, "faults of \(name)")
        func line() -> FaultLine {
            FaultLine(Random(seed: random.next()), isDatagrams: definition.transport == .udp)
        }
        let deframer = newDeframer(from: opener.opposite)
        var c = Channel(
            name: name, ours: ours, theirs: theirs, link: link, connection: connection, incoming: deframer,
            opener: opener, stream: stream, channel: channel, outgoingLine: line(), incomingLine: line(),
            units: deframer)
        if c.isLayered, let stack = definition.layers {
            for level in 0...stack.layers.count where level == 0 || stack.layers[level - 1].name != stack.bottom {
                c.upperLines[level] = Channel.FaultLines(outgoing: line(), incoming: line())
            }
        }
        for f in faults { apply(f.step, f.effects, to: &c) }
        return c
    }

    /// Creates a deframer for the bytes that one side of a connection sends.
    func newDeframer(from sender: Opener) -> Deframer {
        Deframer(
            LinkStream.framing(definition, options.settings, from: sender), isDatagrams: definition.transport == .udp)
    }

    /// Handles the events that arrived over a link before a step took it.
    func takeEarly(_ a: Arrival) {
        for early in a.early {
            // The bytes were counted when they arrived.
            if case .received(_, let bytes) = early.what { remaining.bytes += bytes.count }
            take(early.what, early.at)
        }
    }
    /// Puts aside a link whose name is given to another one. It stays open until the case ends.
    func putAside(_ name: String) {
        guard let old = channels[name], old.ending == nil, old.failure == nil, old.channel == nil else { return }
        renamedLinks.append((name, old.link))
        endStreams(of: old, Channel.ourEnd, driver.now)
    }
}
