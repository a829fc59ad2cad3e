import Node
import Wire

/// The contents of a layer: it creates a conversation for each channel when the channel begins.
final class Carrier {
    let reader: LayerReader
    let layer: LayerDefinition
    /// The protocol that was detected for the connection.
    let definition: Definition
    let path: String
    /// True if the side that opened the stream is the server of the connection.
    let isSwapped: Bool
    /// True if it may precede a layer of streams, or the protocol of a stream, that can be read without it.
    let isHandshake: Bool
    @exclusivity(unchecked) var channels: [ChannelID: Conversation] = [:]
    /// The channels without a known protocol because their beginning is missing, with the sides that opened them.
    @exclusivity(unchecked) var unnamed: [ChannelID: Opener] = [:]
    /// The channels that one side ended. A channel that both sides ended is removed, because its number may be used
    /// again.
    @exclusivity(unchecked) private var halfEnded: [ChannelID: Opener] = [:]
    /// True if a channel was followed (`isFollowed`), and if the protocol of one is known (`isKnown`).
    @exclusivity(unchecked) private var isFollowed = false
    @exclusivity(unchecked) var isKnown = false
    /// The conversation that follows this layer on the stream, after both sides changed the protocol.
    @exclusivity(unchecked) var successor: Conversation?
    /// True if both sides changed to an unknown protocol.
    @exclusivity(unchecked) var isOver = false
    @exclusivity(unchecked) private var hasTooMany = false
    /// True if a note says that the beginning of the streams is missing.
    @exclusivity(unchecked) private var hasReported = false
    /// True if bytes were not seen: the messages that follow may have begun before.
    @exclusivity(unchecked) private var isDoubted = false
    /// The directions with units so far. If bytes were not seen and one direction is silent, it may say anything.
    @exclusivity(unchecked) var heard = PerDirection { _ in false }
    /// True if bytes are missing. A channel that begins now may begin in the middle of a message.
    @exclusivity(unchecked) var isLost = false
    /// True if the capture begins in the middle of the stream below.
    @exclusivity(unchecked) var isFromInside = false
    /// True if missing bytes decide which protocol follows.
    @exclusivity(unchecked) var isBlind = false
    /// The number of bytes that the channels keep. It is a counter because there may be too many channels to sum at
    /// each segment.
    @exclusivity(unchecked) private var channelMemory = 0

    init(
        _ reader: LayerReader, _ layer: LayerDefinition, of definition: Definition, _ path: String, isSwapped: Bool
    ) {
        (self.reader, self.layer, self.definition, self.path) = (reader, layer, definition, path)
        self.isSwapped = isSwapped
        isHandshake =
            !layer.opensChannels && !layer.carriesMessages
            && definition.reading.layers?.layers.contains { $0.opensChannels } == true
    }
    /// Ends the wait of a direction for the other one. Returns true if it was waiting.
    func endWait(_ direction: StreamDirection) -> Bool { reader.endWait(direction.sender(isSwapped: isSwapped)) }
    /// True if the content of the unit found last is encrypted and cannot be read.
    var isSealed: Bool { reader.isSealed }
    /// Returns true if bytes of a direction wait for bytes of the other one.
    func isWaiting(_ direction: StreamDirection) -> Bool { reader.isWaiting(direction.sender(isSwapped: isSwapped)) }
    /// Returns what the unit found last carries. Once the protocol above is known, few users need the units.
    func carried(among all: [Definition]) -> Record.Carried {
        isKnown || definition.name != layer.name || successor != nil ? .known : carriedFirst(all)
    }
    /// Returns the same while no protocol above is known.
    @inline(never)
    private func carriedFirst(_ all: [Definition]) -> Record.Carried {
        var found = Record.Carried.nothing
        var begun: [ChannelID: String] = [:]
        for item in reader.carried {
            switch item {
            case .begins(let channel, _, let speaks): begun[channel] = speaks ?? ""
            case .lent(let channel, _), .made(let channel, _, _), .whole(let channel, _):
                if let speaks = begun[channel], channels[channel] == nil {
                    if known(speaks, among: all) != nil { return .known }
                    if !layer.contents.isEmpty { found = .plain }
                } else if channels[channel] != nil {
                    found = .plain
                }
            default: break
            }
        }
        return found
    }
    /// The number of bytes kept in memory.
    var memory: Int { successor.map { channelMemory &+ $0.memory } ?? reader.memory &+ channelMemory }
    var isWaiting: Bool { successor?.isWaiting ?? false || channels.values.contains { $0.isWaiting } }
    /// True if later messages cannot be read once the kept bytes are discarded.
    var isNeeded: Bool {
        reader.isNeeded || successor?.isNeeded ?? false || channels.values.contains { $0.isNeeded }
    }

    /// The name of this layer or of one above whose handshake is not finished, as in `Conversation`.
    var unfinishedHandshake: String? {
        if let successor { return successor.unfinishedHandshake }
        if isLost || isOver { return nil }
        if reader.isOpening { return layer.name }
        return isDoubted || layer.opensChannels ? nil : channels[.first]?.unfinishedHandshake
    }

    /// Passes on the contents of the unit found last.
    func carry(
        _ unit: RawSpan, from origin: UnitOrigin, going direction: StreamDirection, between ends: FlowEnds,
        with shared: inout FlowContext, to sink: inout some RecordSink
    ) {
        // The output is moved out of the reader, so that its bytes can be lent.
        var output = LayerOutput()
        reader.exchange(&output)
        defer {
            reader.exchange(&output)
            if successor != nil { countAll() }
        }
        heard[direction] = true
        if let remark = output.remark {
            report(remark, at: origin.frames.last, between: ends, with: shared, to: &sink)
        }
        for item in output.items {
            switch item {
            case .begins(let channel, let opener, let speaks):
                begin(channel, by: opener, speaking: speaks, between: ends, with: &shared, to: &sink)
            case .lent(let channel, let range):
                let bytes = unit.extracting(range)
                let place = RecordOrigin(record: origin.record, range: range, isMade: false)
                if !unnamed.isEmpty, layer.opensChannels {
                    recognize(channel, by: bytes, between: ends, with: &shared)
                }
                hand(bytes, place, on: channel, from: origin, going: direction, with: &shared, to: &sink)
            case .made(let channel, let range, let from):
                let bytes = output.made.span.bytes.extracting(range)
                let place = RecordOrigin(record: origin.record, range: from, isMade: true)
                hand(bytes, place, on: channel, from: origin, going: direction, with: &shared, to: &sink)
            case .whole(let channel, let kind):
                if isDoubted {
                    recognize(channel, kind: kind, going: direction, between: ends, with: &shared)
                    if !heard[direction.opposite] { channels[channel]?.miss() }
                }
                count(channels[channel]) {
                    $0.endMessage(direction, kind: kind, from: origin, with: &shared, to: &sink)
                }
            case .drops(let channel, let error):
                count(channels[channel]) { $0.dropMessage(direction, error, from: origin, with: &shared, to: &sink) }
            case .misses(let channel):
                isDoubted = true
                count(channels[channel]) { $0.lose(direction, &shared) }
            case .ends(let channel, let side, let isReset):
                end(channel, by: side, isReset: isReset, with: &shared, to: &sink)
            case .becomes(let speaks):
                become(speaks, at: origin.frames.last, between: ends, with: &shared, to: &sink)
            }
        }
    }
    /// Ends this layer if the reader found that the next bytes belong to another protocol.
    func change(between ends: FlowEnds, with shared: inout FlowContext, to sink: inout some RecordSink) {
        if let speaks = reader.change { become(speaks, at: nil, between: ends, with: &shared, to: &sink) }
    }
    /// Ends this layer: what follows is in another protocol.
    private func become(
        _ speaks: String, at frame: Int?, between ends: FlowEnds, with shared: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        successor = conversation(
            speaks, prefix: ConversationPath.prefix(of: path), between: ends, isSwapped: isSwapped, with: &shared)
        isOver = successor == nil
        if isOver, !speaks.isEmpty, ConversationPath.isBottom(path) {
            tellUnknown(speaks, at: frame, between: ends, with: shared, to: &sink)
        }
        if isDoubted { successor?.miss() }
    }
    /// Reports that the rest of the connection uses a protocol that is not decoded.
    private func tellUnknown(
        _ speaks: String, at frame: Int?, between ends: FlowEnds, with shared: borrowing FlowContext,
        to sink: inout some RecordSink
    ) {
        let keys = shared.options.secrets.count == 0 ? "" : ": the known keys do not decrypt it"
        let text =
            "\(ends.client) and \(ends.server) (flow \(ends.flow)) use \(speaks) from here on, which is not decoded"
        let frame = frame ?? shared.mark.frame
        sink.note(CaptureNote(severity: .info, frame: frame, flow: ends.flow, text: text + keys))
    }
    /// Reports that a part of the content cannot be read. It may be what a rule depends on.
    private func report(
        _ remark: String, at frame: Int?, between ends: FlowEnds, with shared: borrowing FlowContext,
        to sink: inout some RecordSink
    ) {
        let text = "\(layer.name) between \(ends.client) and \(ends.server) (flow \(ends.flow)): \(remark)"
        let frame = frame ?? shared.mark.frame
        sink.note(CaptureNote(severity: .info, frame: frame, flow: ends.flow, text: text))
        miss()
    }
    private func hand(
        _ bytes: RawSpan, _ place: RecordOrigin, on channel: ChannelID, from origin: UnitOrigin,
        going direction: StreamDirection, with shared: inout FlowContext, to sink: inout some RecordSink
    ) {
        count(channels[channel]) { conversation in
            if layer.carriesMessages, !conversation.isLayer {
                conversation.addToMessage(bytes, place, direction)
            } else {
                conversation.receive(bytes, going: direction, from: origin, with: &shared, to: &sink)
            }
        }
    }
    /// Updates `channelMemory` by the bytes that `body` adds to or removes from a conversation.
    @inline(__always)
    private func count(_ conversation: Conversation?, _ body: (Conversation) -> Void) {
        guard let conversation else { return }
        let before = conversation.memory
        body(conversation)
        channelMemory &+= conversation.memory &- before
    }
    /// Recounts `channelMemory`. If there is a successor, it includes the reader, which finds no more units.
    private func countAll() {
        channelMemory = channels.values.reduce(successor == nil ? 0 : reader.memory) { $0 &+ $1.memory }
    }
    private func begin(
        _ channel: ChannelID, by opener: Opener, speaking speaks: String?, between ends: FlowEnds,
        with shared: inout FlowContext, to sink: inout some RecordSink
    ) {
        guard channels[channel] == nil, let speaks else { return }
        guard channels.count + unnamed.count < shared.options.limits.channels else {
            if !hasTooMany {
                sink.note(
                    shared.warning(
                        ends.flow,
                        "flow \(ends.flow) has more than \(shared.options.limits.channels) channels of \(layer.name) at a time: "
                            + "the data of further ones is not decoded"))
            }
            return hasTooMany = true
        }
        let (prefix, isSwapped) = (prefix(of: channel), isSwapped != (opener == .them))
        if let spoken = conversation(speaks, prefix: prefix, between: ends, isSwapped: isSwapped, with: &shared) {
            // The first bytes of a channel that units open are its beginning.
            if isLost, !layer.opensChannels, !layer.carriesMessages {
                spoken.beginUnsure()
            } else if isDoubted {
                spoken.miss()
            }
            channels[channel] = spoken
            isKnown = true
        } else if !layer.contents.isEmpty {
            channels[channel] = Conversation(
                ConversationContext(layer, plainIn: prefix, ends, isSwapped: isSwapped))
        } else if reader.lacksName, speaks.isEmpty {
            unnamed[channel] = opener
            if !hasReported {
                hasReported = true
                let remark = "the beginning was not seen, so only their content shows the protocols of streams"
                report(remark, at: nil, between: ends, with: shared, to: &sink)
            }
        }
        isFollowed = isFollowed || channels[channel] != nil || unnamed[channel] != nil
        reader.isRead = isFollowed
    }
    /// Returns what the path of a conversation in this channel begins with. The only channel of a layer needs no name.
    func prefix(of channel: ChannelID) -> String {
        channel == .first && !layer.opensChannels ? "\(path)/" : "\(path)/#\(channel.number)/"
    }
    /// Ends one side's direction of a channel.
    private func end(
        _ channel: ChannelID, by side: Opener, isReset: Bool, with shared: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        unnamed[channel] = nil
        guard let conversation = channels[channel] else { return }
        // `us` is the side that opened the stream of this layer.
        let direction = StreamDirection(isFromClient: (side == .us) != isSwapped)
        count(conversation) { $0.finish(direction, closed: true, isOwnEnd: !isReset, &shared, &sink) }
        if halfEnded[channel] == side.opposite {
            if conversation.endsLater[direction.opposite] != nil {
                // No further answer can arrive.
                count(conversation) { $0.finish(direction.opposite, closed: true, &shared, &sink) }
            }
            channelMemory &-= conversation.memory
            channels[channel] = nil
            halfEnded[channel] = nil
        } else {
            halfEnded[channel] = side
        }
    }
    /// Creates a conversation in the negotiated protocol. Returns nil if the protocol is unknown.
    private func conversation(
        _ speaks: String, prefix: String, between ends: FlowEnds, isSwapped: Bool, with shared: inout FlowContext
    ) -> Conversation? {
        switch known(speaks, among: shared.guess.definitions) {
        case .layer(let above, let definition):
            Conversation(
                ConversationContext(
                    above, of: definition, ends, &shared, path: prefix + above.name, isSwapped: isSwapped))
        case .messages(let spoken):
            Conversation(
                ConversationContext(
                    spoken, ends, &shared, path: prefix + spoken.name, speaks: speaks, isSwapped: isSwapped))
        case nil: nil
        }
    }
    /// A negotiated protocol.
    private enum Spoken {
        case layer(LayerDefinition, of: Definition)
        case messages(Definition)
    }
    private func known(_ speaks: String, among all: [Definition]) -> Spoken? {
        for definition in [definition] + all where definition.reading.layers?[layer.name] != nil {
            guard let stack = definition.reading.layers else { continue }
            // A connection whose beginning is missing carries the protocol that was found.
            let isNamed = speaks == definition.name && stack[speaks] == nil
            guard let name = isNamed ? speaks : stack.resolve(speaks) else { continue }
            if let above = stack[name] { return .layer(above, of: definition) }
            if let spoken = all.first(where: { $0.name == name }) { return .messages(spoken) }
        }
        return nil
    }

    // MARK: - Events of the stream below

    /// Notes that bytes were not seen, or not yet.
    func miss() {
        isDoubted = true
        for conversation in channels.values { conversation.miss() }
        successor?.miss()
    }
    /// Notes that the capture begins in the middle of the stream below.
    func beginInside() {
        (isLost, isFromInside) = (true, true)
        reader.assume(definition.name)
    }
    /// Notes that bytes of one direction are missing.
    func lose(_ direction: StreamDirection, _ shared: inout FlowContext) {
        (isDoubted, isLost) = (true, true)
        if successor == nil, !isOver, reader.isBlind { (isBlind, isOver) = (true, true) }
        for conversation in channels.values { conversation.lose(direction, &shared) }
        countAll()
        successor?.lose(direction, &shared)
    }
    /// Gives up incomplete messages, because there is no memory to wait for the rest.
    func giveUpWaiting(_ mark: Mark, _ shared: inout FlowContext, _ sink: inout some RecordSink) {
        reader.giveUp()
        for (_, conversation) in channels.sorted(by: { $0.key < $1.key }) {
            conversation.giveUpWaiting(mark, &shared, &sink)
        }
        countAll()
        successor?.giveUpWaiting(mark, &shared, &sink)
    }
    /// Ends one direction. `isOwnEnd` has the meaning of `Conversation.finish`; channels do not end by themselves here.
    func finish(
        _ direction: StreamDirection, closed: Bool, isOwnEnd: Bool, _ shared: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        for (_, conversation) in channels.sorted(by: { $0.key < $1.key }) {
            conversation.finish(direction, closed: closed, &shared, &sink)
        }
        countAll()
        successor?.finish(direction, closed: closed, isOwnEnd: isOwnEnd, &shared, &sink)
    }
}
