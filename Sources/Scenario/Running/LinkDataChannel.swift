internal import Network
internal import Node
internal import Wire

/// A data channel of a case (WebRTC): a link that the scenario opens by signals over another link.
struct LinkDataChannel {
    /// Our session description, which the scenario must send.
    var description: String?
    /// Our candidates that became known after the description.
    var candidates: [String] = []
    /// The properties of the channel, once it is open.
    var opened: OpenChannel?
    /// The reason why it ended, or could not be opened.
    var end: String?

    /// The properties, for expressions.
    var term: Term {
        func text(_ s: String?) -> Term { s.map { .text($0) } ?? .null }
        return .map([
            Term.Member("open", .bool(opened != nil && end == nil)), Term.Member("label", text(opened?.label)),
            Term.Member("protocol", text(opened?.subprotocol)),
            Term.Member("ordered", opened.map { .bool($0.isOrdered) } ?? .null),
            Term.Member("reliable", opened.map { .bool($0.isReliable) } ?? .null),
            Term.Member("opener", text(opened.map { $0.opener == .us ? "us" : "node" })),
            Term.Member("end", text(end)),
        ])
    }
}

extension CaseRun {
    /// Creates a link for a data channel.
    func newDataChannel(_ name: String, ours: String, theirs: String, _ id: LinkID, by opener: Opener) -> Link {
        let connection = links.add(CaseConnection(link: name, ours: ours, theirs: theirs))
        var c = newLink(name, ours: ours, theirs: theirs, id, connection, by: opener, nil, isDataChannel: true)
        c.dataChannel = LinkDataChannel()
        return c
    }
    /// Handles an event of a data channel.
    func take(_ event: ChannelEvent, on link: LinkID, _ at: Instant) {
        guard let name = links.name(of: link), let c = links[name] else { return }
        switch event {
        case .signal(_, .offer(let text)), .signal(_, .answer(let text)): links[name]?.dataChannel?.description = text
        case .signal(_, .candidate(let text, _)): links[name]?.dataChannel?.candidates.append(text)
        case .opened(_, let channel):
            links[name]?.dataChannel?.opened = channel
            links[name]?.isOpen = true
            links[name]?.opened = note(c, channel.opener == .us ? .sent : .received, .opened, at: at)
        case .message(_, let bytes, isText: true): received(bytes, name, at)
        case .message(_, let bytes, _):
            guard !links.budget.isUsedUp, var c = links.take(name) else { return }
            links.budget.bytes -= bytes.count
            keep(Deframer.Piece(bytes: bytes), .own, note(c, .received, .of(nil, bytes), at: at), &c, at)
            links[name] = c
            if links.budget.isUsedUp { giveUp(Self.flood) }
        case .ended(_, let why):
            links[name]?.dataChannel?.end = why
            if c.isOpen { ended(name, .closed, at) } else { links[name]?.failure = why }
        }
    }
    /// Starts a node that opens a data channel for an actor. Each channel has a socket of its own, as if each belonged to
    /// another peer.
    func newCarrier(of actor: String, facing node: Endpoint, _ span: Span) throws(EvaluationError) -> NodeID {
        guard let make = definition.reference.carrier else {
            throw EvaluationError(message: "\(definition.name) has no data channels", span: span)
        }
        let any = node.v4 == nil ? Endpoint(high: 0, low: 0, port: 0) : Endpoint(v4: 0, port: 0)
        let local = self.node.home(of: actor, facing: node) ?? (node.isLoopback ? node : any)
        let label = "data channel \(self.node.carriers.count) of \(actor)"
        do throws(NetworkError) {
            let carrier = try driver.addCarrier(make, at: local, Random(seed: options.seed, self.case.id, label))
            self.node.carriers.append(carrier)
            return carrier
        } catch {
            throw EvaluationError(message: "\(error)", span: span)
        }
    }
}
