import Node
import Wire

// A carrier recognizes by content which protocol a channel has if the part that names it was not seen.

extension Carrier {
    /// Begins the conversation of a channel whose beginning is missing, if messages of a protocol fill these bytes.
    func recognize(
        _ channel: ChannelID, by bytes: RawSpan, between ends: FlowEnds, with shared: inout FlowContext
    ) {
        guard let opener = unnamed[channel],
            let context = messages(
                in: bytes, prefix(of: channel), ends, isSwapped: isSwapped != (opener == .them), &shared)
        else { return }
        unnamed[channel] = nil
        let conversation = Conversation(context)
        conversation.beginUnsure()
        channels[channel] = conversation
        isKnown = true
    }
    /// Replaces the conversation of an unknown protocol by one in the protocol that its message shows, because the
    /// request that names the protocol was not seen.
    func recognize(
        _ channel: ChannelID, kind: UInt8, going direction: StreamDirection, between ends: FlowEnds,
        with shared: inout FlowContext
    ) {
        guard reader.lacksName, let plain = channels[channel], plain.isPlain else { return }
        let (bytes, places) = plain.reassemblers[direction].takeMessage()
        defer { channels[channel]?.reassemblers[direction].putMessage(bytes, places) }
        for definition in shared.guess.definitions {
            guard definition.reading.layers?[layer.name] != nil, let probe = MiddleProbe(definition, in: layer),
                probe.isProof(bytes.span.bytes, kind: kind) == true
            else { continue }
            let spoken = Conversation(
                ConversationContext(
                    definition, ends, &shared, path: plain.path.dropLast("plain".count) + definition.name,
                    isSwapped: plain.isSwapped))
            spoken.miss()
            isKnown = true
            return channels[channel] = spoken
        }
    }
    /// Continues with what follows the handshake, if a part of the handshake or one whole direction is missing and
    /// messages of the protocol fill this segment, or these bytes of a stream. Returns true if it continues.
    func resume(
        with segment: RawSpan, _ direction: StreamDirection, between ends: FlowEnds, _ shared: inout FlowContext
    ) -> Bool {
        guard isHandshake, successor == nil else { return false }
        let isBottom = ConversationPath.isBottom(path)
        let misses = isLost || !heard[direction.opposite] && isWaiting(direction)
        guard isBlind || isBottom && !isOver && misses else { return false }
        let context =
            isBottom
            ? muxer(of: segment, from: direction.sender(isSwapped: isSwapped), between: ends, &shared)
            : ConversationPath.isInStream(path)
                ? messages(in: segment, ConversationPath.prefix(of: path), ends, isSwapped: isSwapped, &shared) : nil
        guard let context else { return false }
        let next = Conversation(context)
        next.beginInside()
        (successor, isBlind, isOver) = (next, true, true)
        return true
    }
    /// Returns the layer of streams whose frames fill a segment.
    private func muxer(
        of segment: RawSpan, from side: Opener, between ends: FlowEnds, _ shared: inout FlowContext
    ) -> ConversationContext? {
        for probe in MiddleProbe.all(definition) where probe.layer.name != layer.name {
            let senders = probe.senders(of: segment)
            // If no SYN was seen, the frames know better which side opened the connection.
            guard senders.contains(side) || isFromInside && !senders.isEmpty else { continue }
            return ConversationContext(
                probe.layer, of: definition, ends, &shared, path: probe.layer.name,
                isSwapped: isSwapped != !senders.contains(side))
        }
        return nil
    }
    /// Returns the protocol whose messages fill these bytes of a stream.
    private func messages(
        in bytes: RawSpan, _ prefix: String, _ ends: FlowEnds, isSwapped: Bool, _ shared: inout FlowContext
    ) -> ConversationContext? {
        shared.guess.definitions
            .first {
                $0.reading.layers?[layer.name] != nil
                    && MiddleProbe.isProof(bytes, of: $0, isExpected: isKnown && $0.name == definition.name)
            }
            .map { ConversationContext($0, ends, &shared, path: prefix + $0.name, isSwapped: isSwapped) }
    }
}
