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
    /// Begins a data channel of an actor: by an offer with this label, or by the answer to `offer`. Returns its link.
    func beginDataChannel(
        _ name: String, ours: String, theirs: String, label: String, offer: String?, _ span: Span
    ) throws(EvaluationError) -> Link {
        var connection = CaseConnection(link: name, ours: ours, theirs: theirs)
        if options.keepsEvidence { connection.secrets = Secrets() }
        let index = links.add(connection)
        let carrier = try newCarrier(of: index, span)
        let id =
            offer.map { driver.answerChannel($0, by: carrier) } ?? driver.offerChannel(label, by: carrier)
        var c = newLink(
            name, ours: ours, theirs: theirs, id, index, by: offer == nil ? .us : .them, nil, isDataChannel: true)
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
    private func newCarrier(of index: Int, _ span: Span) throws(EvaluationError) -> NodeID {
        let connection = links.connections[index]
        guard let address = node.addresses[connection.theirs] else {
            throw EvaluationError(
                message: "the node under test `\(connection.theirs)` has no address", span: span)
        }
        guard let make = definition.reference.carrier else {
            throw EvaluationError(message: "\(definition.name) has no data channels", span: span)
        }
        let any = address.v4 == nil ? Endpoint(high: 0, low: 0, port: 0) : Endpoint(v4: 0, port: 0)
        let local = node.home(of: connection.ours, facing: address) ?? (address.isLoopback ? address : any)
        let label = "data channel \(node.carriers.count) of \(connection.ours)"
        do throws(NetworkError) {
            let random = Random(seed: options.seed, self.case.id, label)
            let carrier = try driver.addCarrier(make, at: local, random, connection.secrets)
            node.carriers.append(carrier)
            driver.intercept(carrier) { [weak self] in self?.goesOn($0, of: index) ?? true }
            return carrier
        } catch {
            throw EvaluationError(message: "\(error)", span: span)
        }
    }
}
