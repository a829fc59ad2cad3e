import Node
import Wire

/// A conversation of two sides in one protocol: the messages of both directions, and the findings of a passive
/// observer. It is an object, so that nothing is copied between a packet and a message.
final class Conversation {
    // Access is unchecked because it cannot overlap. One `Flow` owns a conversation, and only mutating functions of a
    // `FlowTable` reach that. The framings, observers and sinks that these call know neither. So calls never nest or
    // run at the same time. Checks at every segment would cost as much as finding its connection.
    @exclusivity(unchecked) private var context: ConversationContext
    @exclusivity(unchecked) var reassemblers: PerDirection<MessageReassembler>
    /// True if part of it was not seen (`isDoubted`), or if the capture begins in its middle (`isFromInside`).
    private var isDoubted = false
    private var isFromInside = false
    /// True for a direction that ended. A channel may end before its connection does.
    private var ended = PerDirection { _ in false }
    /// `isOwnEnd` of a direction that ended while its bytes wait for the answer of the other side (`finish`).
    private(set) var endsLater = PerDirection<Bool?> { _ in nil }

    init(_ context: ConversationContext) {
        self.context = context
        reassemblers = PerDirection { MessageReassembler($0) }
    }
    /// Creates the conversation of a connection: in the protocol, or in a layer of it, by default the lowest.
    convenience init(
        _ definition: Definition, in layer: LayerDefinition? = nil, _ ends: FlowEnds, isSwapped: Bool,
        _ shared: inout FlowContext
    ) {
        if let stack = definition.reading.layers, let bottom = layer ?? stack[stack.bottom] {
            self.init(
                ConversationContext(bottom, of: definition, ends, &shared, path: bottom.name, isSwapped: isSwapped))
        } else {
            self.init(ConversationContext(definition, ends, &shared, isSwapped: isSwapped))
        }
    }
    var protocolName: String { context.protocolName }
    /// True if its protocol is unknown.
    var isPlain: Bool { context.isPlain }
    /// The path in the connection, and true if its client is the server of the connection.
    var path: String { context.path }
    var isSwapped: Bool { context.isSwapped }
    /// True if this conversation is a layer, which carries others.
    var isLayer: Bool { context.isLayer }
    /// The number of bytes kept in memory.
    @inline(__always)
    var memory: Int {
        let own = reassemblers[.fromClient].memory &+ reassemblers[.fromServer].memory
        return context.isLayer ? own &+ carriedMemory : own
    }
    @inline(never)
    private var carriedMemory: Int { context.carrier?.memory ?? 0 }
    /// True if a message of either direction is incomplete.
    var isWaiting: Bool {
        reassemblers[.fromClient].isWaiting || reassemblers[.fromServer].isWaiting
            || context.isLayer && context.carrier?.isWaiting ?? false
    }
    /// True if later messages cannot be read once the kept bytes are discarded.
    var isNeeded: Bool { isWaiting || context.carrier?.isNeeded ?? false }
    /// True if one direction had too many bytes that are not a message, so that its protocol must be another one.
    @inline(__always)
    var isLost: Bool { reassemblers[.fromClient].isLost || reassemblers[.fromServer].isLost }

    /// The name of the layer whose handshake is not finished, or of the message of an unfinished handshake. Nil if all
    /// handshakes are finished, or if unseen bytes may have finished one.
    var unfinishedHandshake: String? {
        if isDoubted || isFromInside { return nil }
        return context.isLayer ? context.carrier?.unfinishedHandshake : context.observer.unfinishedHandshake
    }

    /// Receives the next bytes of one direction.
    @inline(__always)
    func receive(
        _ bytes: RawSpan, going direction: StreamDirection, at mark: Mark, with shared: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        if context.isLayer { return receiveUnits(bytes, going: direction, at: mark, with: &shared, to: &sink) }
        reassemblers[direction].receive(bytes, at: mark, in: &context, with: &shared, to: &sink)
    }
    @inline(never)
    private func receiveUnits(
        _ bytes: RawSpan, going direction: StreamDirection, at mark: Mark, with shared: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        guard let carrier = context.carrier else { return }
        if carrier.resume(with: bytes, direction, between: context.ends, &shared) { forgetKept(&shared) }
        if let next = carrier.successor {
            return next.receive(bytes, going: direction, at: mark, with: &shared, to: &sink)
        }
        if carrier.isOver { return leaveUnread(bytes.byteCount, &shared) }
        reassemblers[direction].receive(bytes, at: mark, in: &context, with: &shared, to: &sink)
        carrier.change(between: context.ends, with: &shared, to: &sink)
        // Bytes that waited for this direction are read again, then bytes that waited for those.
        var asked = direction
        while carrier.successor == nil, carrier.endWait(asked.opposite) {
            asked = asked.opposite
            guard reassemblers[asked].takeAgain(&context, &shared, &sink) else { break }
        }
        guard let next = carrier.successor else { return carrier.isOver ? forgetKept(&shared) : () }
        // The side that waited sent its bytes before it received what it waited for, so they are first.
        reassemblers[asked.opposite].handOver(to: next, &shared, &sink)
        reassemblers[asked].handOver(to: next, &shared, &sink)
        for direction in StreamDirection.allCases {
            guard let isOwnEnd = endsLater[direction] else { continue }
            endsLater[direction] = nil
            finish(direction, closed: true, isOwnEnd: isOwnEnd, &shared, &sink)
        }
    }
    /// Receives the next bytes of a stream in a layer, from a unit.
    func receive(
        _ bytes: RawSpan, going direction: StreamDirection, from origin: UnitOrigin, with shared: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        // This marks each frame. All bytes count for the last one.
        for frame in origin.frames.dropLast() {
            reassemblers[direction].mark(Mark(frame: frame, time: origin.time))
        }
        let last = Mark(frame: origin.frames.last ?? 0, time: origin.time)
        receive(bytes, going: direction, at: last, with: &shared, to: &sink)
    }
    /// Adds bytes to a message that a layer passes on as a whole.
    func addToMessage(_ bytes: RawSpan, _ place: RecordOrigin, _ direction: StreamDirection) {
        reassemblers[direction].addToMessage(bytes, place)
    }
    /// Drops the part of a message received so far. `error`: the reason why no message can be made from it.
    func dropMessage(
        _ direction: StreamDirection, _ error: WireError?, from origin: UnitOrigin, with shared: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        reassemblers[direction].dropMessage()
        if let error, !isLayer {
            reassemblers[direction].refuseMessage(error, from: origin, in: &context, with: &shared, to: &sink)
        }
    }
    /// Ends a message, which may be empty.
    func endMessage(
        _ direction: StreamDirection, kind: UInt8, from origin: UnitOrigin, with shared: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        if !isLayer { reassemblers[direction].endMessage(origin, kind: kind, in: &context, with: &shared, to: &sink) }
    }
    /// Notes that an unknown number of bytes of one direction is missing.
    func lose(_ direction: StreamDirection, _ shared: inout FlowContext) {
        // The lowest layer counts the connection, so it is not counted here.
        isDoubted = true
        miss()
        shared.loseRequests(of: context.ends.flow)
        shared.tally.unreadBytes &+= reassemblers[direction].lose(&context)
        loseCarried(direction, &shared)
    }
    /// Passes the loss on to the carrier, whose channels lack the same bytes.
    private func loseCarried(_ direction: StreamDirection, _ shared: inout FlowContext) {
        guard let carrier = context.carrier else { return }
        carrier.lose(direction, &shared)
        if carrier.isBlind { forgetKept(&shared) }
    }
    /// Drops the bytes that wait in this conversation, which is read no further.
    private func forgetKept(_ shared: inout FlowContext) {
        for direction in StreamDirection.allCases { leaveUnread(reassemblers[direction].forgetKept(), &shared) }
    }
    /// Counts bytes that are not read: missing bytes decide what they are, or their protocol is unknown.
    private func leaveUnread(_ count: Int, _ shared: inout FlowContext) {
        if context.carrier?.isBlind ?? false { shared.tally.unreadBytes &+= count }
        // The bytes of a channel are in units that are read.
        if !ConversationPath.isBottom(context.path) {
            shared.tally.hiddenBytes &+= count
        } else if context.carrier?.isBlind == false {
            shared.tally.foreignBytes &+= count
        }
    }
    /// Notes that it begins after missing bytes, so that its first bytes may be the middle of a message.
    func beginUnsure() {
        miss()
        for direction in StreamDirection.allCases { reassemblers[direction].beginUnsure() }
    }
    /// Notes that `count` bytes of one direction are missing from the capture.
    func gap(
        _ count: Int64, going direction: StreamDirection, at mark: Mark, with shared: inout FlowContext,
        to sink: inout some RecordSink
    ) {
        doubt(&shared)
        shared.tally.gaps &+= 1
        shared.tally.gapBytes &+= Int(clamping: count)
        reassemblers[direction].gap(count, at: mark, in: &context, with: &shared, to: &sink)
        loseCarried(direction, &shared)
        // The bytes that waited for the missing ones may be readable without them.
        guard let carrier = context.carrier, carrier.successor == nil, !carrier.isOver else { return }
        if carrier.endWait(direction.opposite) {
            _ = reassemblers[direction.opposite].takeAgain(&context, &shared, &sink)
        }
    }
    /// Notes that bytes were not seen, on which a rule may depend.
    func doubt(_ shared: inout FlowContext) {
        miss()
        shared.loseRequests(of: context.ends.flow)
        if !isDoubted { shared.tally.conversationsWithGaps &+= 1 }
        isDoubted = true
    }
    /// Notifies the observers of this conversation, and of all that it carries, that bytes were not seen.
    func miss() {
        context.miss()
        context.carrier?.miss()
    }
    /// Notes that one direction begins in the middle.
    func beginMidStream(_ direction: StreamDirection, _ shared: inout FlowContext) {
        context.miss()
        shared.loseRequests(of: context.ends.flow)
        if !isFromInside { shared.tally.conversationsFromInside &+= 1 }
        isFromInside = true
        reassemblers[direction].beginMidStream(&context)
        context.carrier?.beginInside()
    }
    /// Notes that it begins in the middle of a connection whose handshake was not seen.
    func beginInside() {
        isFromInside = true
        context.miss()
        for direction in StreamDirection.allCases { reassemblers[direction].beginMidStream(&context) }
        context.carrier?.beginInside()
    }
    /// Ends one direction, because its sender ended it or because the capture ends. `isOwnEnd` is true if the sender
    /// ended just this stream, without a reset and without ending a stream below it. `mayWait`: the other side may still
    /// send what the bytes of this direction wait for.
    func finish(
        _ direction: StreamDirection, closed: Bool, isOwnEnd: Bool = false, mayWait: Bool = false,
        _ shared: inout FlowContext, _ sink: inout some RecordSink
    ) {
        if isOwnEnd || mayWait, let carrier = context.carrier, carrier.successor == nil, carrier.isWaiting(direction) {
            endsLater[direction] = isOwnEnd
            return
        }
        if isOwnEnd, !ended[direction] {
            for finding in context.findings(atEndOf: direction) { reassemblers[direction].note(finding) }
        }
        reassemblers[direction].finish(closed: closed, &context, &shared, &sink)
        context.carrier?.finish(direction, closed: closed, isOwnEnd: isOwnEnd, &shared, &sink)
        if context.hasSharedObserver, !ended[direction] { context.end(direction, isClosed: closed) }
        ended[direction] = true
    }
    /// Gives up incomplete messages, because there is no memory to wait for the rest.
    func giveUpWaiting(_ mark: Mark, _ shared: inout FlowContext, _ sink: inout some RecordSink) {
        if isNeeded { doubt(&shared) }
        for direction in StreamDirection.allCases {
            reassemblers[direction].giveUpWaiting(mark, in: &context, with: &shared, to: &sink)
        }
        context.carrier?.giveUpWaiting(mark, &shared, &sink)
    }
}

/// The properties that both directions of a conversation share.
struct ConversationContext {
    let ends: FlowEnds
    /// The name of the layer or the protocol.
    let protocolName: String
    /// True if the user declared this protocol, so that it is read even if the bytes do not look like it.
    let isClaimed: Bool
    let observer: PassiveObserver
    /// The observer of all connections of the protocol; nil if the protocol has no such observer.
    let sharedObserver: SharedObserver?
    /// True if there is a shared observer. It is read for every message, so it is a flag that needs no reference
    /// counting.
    let hasSharedObserver: Bool
    var streams: PerDirection<MessageStream>
    /// The protocol name that was negotiated on a layer; empty in other cases.
    let speaks: String
    /// The path in the connection, such as `websocket/peerpigeon`; empty for a protocol directly on the transport.
    let path: String
    /// The contents of the layer; nil if it is not a layer.
    let carrier: Carrier?
    /// True if there is a carrier. It is read for every message, so it is a flag that needs no reference counting.
    let isLayer: Bool
    /// True if the side that opened its stream is the server of the connection.
    let isSwapped: Bool
    /// True for messages of an unknown protocol.
    let isPlain: Bool

    /// Creates the context of a protocol, on the transport or on a layer.
    init(
        _ definition: Definition, _ ends: FlowEnds, _ shared: inout FlowContext, path: String = "",
        speaks: String = "", isSwapped: Bool = false
    ) {
        (self.ends, self.speaks) = (ends, speaks)
        (self.path, self.isSwapped, carrier, isLayer, isPlain) = (path, isSwapped, nil, false, false)
        protocolName = definition.name
        isClaimed =
            path.isEmpty && shared.guess.byRule(ends.client, ends.server, .tcp)?.name == definition.name
        observer = PassiveObserver.boxed(definition.judging.observer(nil, shared.options.scrutiny))
        sharedObserver = shared.sharedObserver(definition)
        hasSharedObserver = sharedObserver != nil
        streams = PerDirection { _ in MessageStream(definition.reading.framing(nil)) }
    }
    /// Creates the context of a layer of a protocol.
    init(
        _ layer: LayerDefinition, of definition: Definition, _ ends: FlowEnds, _ shared: inout FlowContext,
        path: String, isSwapped: Bool = false
    ) {
        (self.ends, speaks) = (ends, "")
        (self.path, self.isSwapped, isLayer, isPlain) = (path, isSwapped, true, false)
        protocolName = layer.name
        isClaimed =
            ConversationPath.isBottom(path)
            && shared.guess.byRule(ends.client, ends.server, .tcp)?.name == definition.name
        observer = PassiveObserver.boxed(layer.observer(nil, shared.options.scrutiny))
        (sharedObserver, hasSharedObserver) = (nil, false)
        let reader = LayerReader(layer, nil, shared.options.secrets)
        carrier = Carrier(reader, layer, of: definition, path, isSwapped: isSwapped)
        streams = PerDirection { MessageStream(reader.framing($0.sender(isSwapped: isSwapped))) }
    }

    /// Creates the context of an unknown protocol on a layer.
    init(_ layer: LayerDefinition, plainIn path: String, _ ends: FlowEnds, isSwapped: Bool) {
        (self.ends, speaks) = (ends, "")
        (self.path, self.isSwapped, carrier, isLayer, isPlain) = (path + "plain", isSwapped, nil, false, true)
        protocolName = layer.name
        isClaimed = false
        observer = PassiveObserver.boxed(SilentObserver())
        (sharedObserver, hasSharedObserver) = (nil, false)
        streams = PerDirection { _ in MessageStream(PlainFraming(contents: layer.contents)) }
    }

    /// Returns what the unit found last carries.
    func carried(_ shared: borrowing FlowContext) -> Record.Carried {
        carrier?.carried(among: shared.guess.definitions) ?? .nothing
    }

    // MARK: - Events for observers

    var channel: HeardChannel { HeardChannel(connection: ends.flow, path: path) }
    /// Notifies the observers that bytes were not seen.
    func miss() {
        observer.miss()
        sharedObserver?.miss(channel)
    }
    /// Returns the findings about a side that ended its direction.
    func findings(atEndOf direction: StreamDirection) -> [Finding] {
        var findings: [Finding] = []
        observer.end(by: direction.sender(isSwapped: isSwapped), into: &findings)
        return findings
    }
    func end(_ direction: StreamDirection, isClosed: Bool) {
        sharedObserver?.end(channel, by: direction.sender(isSwapped: isSwapped), isClosed: isClosed)
    }
    @inline(never)
    func share(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, _ direction: StreamDirection, record: Int,
        at time: Instant, into findings: inout [Finding]
    ) {
        let message = HeardMessage(
            type, isGood: isGood, in: channel, from: direction.sender(isSwapped: isSwapped), ends.source(direction),
            to: ends.source(direction.opposite), isFromClient: direction.isFromClient, record: record, at: time,
            speaks: speaks)
        sharedObserver?.observe(message, bytes, into: &findings)
    }
}
