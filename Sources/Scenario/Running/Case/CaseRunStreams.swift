internal import Network
internal import Node
internal import Wire

/// The channels of layers that steps turn into links of their own.
extension CaseRun {
    /// Returns the link of the whole connection for a channel; otherwise the link itself.
    func connection(of c: Link) -> Link {
        c.channel == nil ? c : links.name(of: c.id).flatMap { links[$0] } ?? c
    }
    /// Returns whether a channel carries this protocol: by its name in the layers, or by the protocol that the name
    /// stands for.
    func carries(_ channel: LayerChannel, _ wanted: String?) -> Bool {
        guard let wanted, channel.speaks != wanted else { return true }
        return wanted == definition.name && channel.speaks.flatMap { definition.reading.layers?.resolve($0) } == wanted
    }
    /// Returns whether the protocol of a channel is unknown.
    func isUnknown(_ channel: LayerChannel) -> Bool {
        guard let stack = definition.reading.layers else { return false }
        return channel.speaks.flatMap(stack.resolve) == nil
    }
    /// Keeps a piece received on a channel that no step has taken and whose protocol is unknown.
    func keepEarly(_ piece: Deframer.Piece, _ channel: LayerChannel, _ at: Instant) {
        channel.early.append((at, piece))
        links.budget.records -= 1
    }
    /// Handles the end of a channel by the other side.
    func endStream(_ channel: LayerChannel, _ base: Link, _ at: Instant) {
        guard let name = channel.link, let c = links[name], c.channel === channel, c.ending == nil else { return }
        let entry = note(c, .received, .closed("closed"), at: at)
        trace[entry].carrier = .layers
        links[name]?.ended = entry
        links[name]?.ending = ("closed", at, false)
    }
    /// Returns whether the node has ended only its own direction of a channel in which requests are answered. A node that
    /// has sent its request and ended its direction still receives the answer.
    func stillHears(_ c: Link) -> Bool {
        let base = connection(of: c)
        guard let own = c.channel, own.ended == [base.opener.opposite], base.ending == nil, !c.isHalfClosed,
            let stack = definition.reading.layers, let name = own.speaks.flatMap(stack.resolve)
        else { return false }
        return stack[name] != nil || name == definition.name && definition.answersInChannel
    }
    /// Ends the channels of a connection that has ended.
    func endStreams(of base: Link, _ how: String, _ at: Instant, _ entry: Int? = nil) {
        guard base.channel == nil else { return }
        for c in links.all where c.channel != nil && c.id == base.id && c.ending == nil {
            links[c.name]?.ended = entry
            links[c.name]?.ending = (how, at, how == Link.ourEnd)
        }
    }
}

extension Definition {
    /// True if messages of the protocol answer others in the same channel.
    fileprivate var answersInChannel: Bool {
        exchanges.contains { exchange in
            !exchange.isAcrossChannels && messages.contains { $0.name.description == exchange.ask.message }
        }
    }
}
