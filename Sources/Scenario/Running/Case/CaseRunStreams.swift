internal import Network
internal import Node
internal import Wire

/// The channels of layers that steps turn into links of their own.
extension CaseRun {
    /// Returns the link of the whole connection for a channel; otherwise the link itself.
    func connection(of c: Channel) -> Channel {
        c.channel == nil ? c : channel(c.link).flatMap { channels[$0] } ?? c
    }
    /// Returns whether a channel carries this protocol: by its name in the layers, or by the protocol that the name
    /// stands for.
    func carries(_ channel: LayerChannel, _ wanted: String?) -> Bool {
        guard let wanted, channel.speaks != wanted else { return true }
        return wanted == definition.name && channel.speaks.flatMap { definition.layers?.resolve($0) } == wanted
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
}
