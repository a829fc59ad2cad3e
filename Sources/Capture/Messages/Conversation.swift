import Node
import Wire

/// What two ends say to each other in one protocol: both directions cut into messages, and what a passive observer
/// finds in them. An object, so that nothing of it is copied on the way from a packet to a message.
final class Conversation {
    // Unchecked, because it cannot be violated: a conversation is reached through the one `Flow` that has it, that
    // through mutating functions of a `FlowTable`, and what these call, framings, passive observers and sinks, knows
    // neither. So calls come one at a time and none from within another. Checks at every segment would cost as much as
    // finding its connection.
    @exclusivity(unchecked) private var context: ConversationContext
    @exclusivity(unchecked) var reassemblers: PerDirection<MessageReassembler>
    /// Something of it was not seen; it was met in the middle.
    private var isDoubted = false
    private var isFromInside = false
    /// No more comes in this direction: a channel may end before its connection does.
    private var ended = PerDirection { _ in false }
    /// True for a direction that ended while its bytes wait for the answer of the other side.
    private(set) var endsLater = PerDirection { _ in false }

    init(_ context: ConversationContext) {
        self.context = context
        reassemblers = PerDirection { MessageReassembler($0) }
    }
    /// The conversation of a connection: of the protocol, or of the lowest of its layers.
    convenience init(_ definition: Definition, _ ends: FlowEnds, isSwapped: Bool, _ shared: inout FlowContext) {
        if let stack = definition.layers, let bottom = stack[stack.bottom] {
            self.init(
                ConversationContext(bottom, of: definition, ends, &shared, path: bottom.name, isSwapped: isSwapped))
        } else {
            self.init(ConversationContext(definition, ends, &shared, isSwapped: isSwapped))
        }
    }
    var protocolName: String { context.protocolName }
    /// Whether it carries others.
    var isLayer: Bool { context.isLayer }
    /// Bytes that it keeps.
    @inline(__always)
    var memory: Int {
        let own = reassemblers[.fromClient].memory &+ reassemblers[.fromServer].memory
        return context.isLayer ? own &+ carriedMemory : own
    }
    @inline(never)
    private var carriedMemory: Int { context.carrier?.memory ?? 0 }
    /// True when a message is not whole in either direction.
    var isWaiting: Bool {
        reassemblers[.fromClient].isWaiting || reassemblers[.fromServer].isWaiting
            || context.isLayer && context.carrier?.isWaiting ?? false
    }
    /// True when something that comes later cannot be read once what it keeps is given up.
    var isNeeded: Bool { isWaiting || context.carrier?.isNeeded ?? false }
    /// True when one direction held too much that is no message, so that it is another protocol's.
    @inline(__always)
    var isLost: Bool { reassemblers[.fromClient].isLost || reassemblers[.fromServer].isLost }

    /// The next bytes of one direction.
    @inline(__always)
    func receive(
        _ bytes: RawSpan, _ direction: StreamDirection, _ mark: Mark, _ shared: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        if context.isLayer { return receiveUnits(bytes, direction, mark, &shared, &sink) }
        reassemblers[direction].receive(bytes, mark, &context, &shared, &sink)
    }
    @inline(never)
    private func receiveUnits(
        _ bytes: RawSpan, _ direction: StreamDirection, _ mark: Mark, _ shared: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        guard let carrier = context.carrier else { return }
        if let next = carrier.successor { return next.receive(bytes, direction, mark, &shared, &sink) }
        if carrier.isOver { return leaveUnread(bytes.byteCount, &shared) }
        reassemblers[direction].receive(bytes, mark, &context, &shared, &sink)
        // What waited for this direction goes on, and what waited for that.
        var asked = direction
        while carrier.successor == nil, carrier.endWait(asked.opposite) {
            asked = asked.opposite
            guard reassemblers[asked].takeAgain(&context, &shared, &sink) else { break }
        }
        guard let next = carrier.successor else { return carrier.isOver ? forgetKept(&shared) : () }
        // What waited was said before what it waited for was heard.
        reassemblers[asked.opposite].handOver(to: next, &shared, &sink)
        reassemblers[asked].handOver(to: next, &shared, &sink)
        for direction in StreamDirection.allCases where endsLater[direction] {
            endsLater[direction] = false
            finish(direction, closed: true, isOwnEnd: true, &shared, &sink)
        }
    }
    /// The next bytes of a stream in a layer, which a unit brought.
    func receive(
        _ bytes: RawSpan, _ direction: StreamDirection, _ origin: UnitOrigin, _ shared: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        // Each frame is marked; the bytes are counted to the last.
        for frame in origin.frames.dropLast() {
            reassemblers[direction].mark(Mark(frame: frame, time: origin.time))
        }
        let last = Mark(frame: origin.frames.last ?? 0, time: origin.time)
        receive(bytes, direction, last, &shared, &sink)
    }
    /// Bytes of a message, which a layer gives whole.
    func addToMessage(_ bytes: RawSpan, _ place: RecordOrigin, _ direction: StreamDirection) {
        reassemblers[direction].addToMessage(bytes, place)
    }
    /// Drops the part of a message received so far. `error`: the reason why no message can be made from it.
    func dropMessage(
        _ direction: StreamDirection, _ error: WireError?, _ origin: UnitOrigin, _ shared: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        reassemblers[direction].dropMessage()
        if let error, !isLayer { reassemblers[direction].refuseMessage(error, origin, &context, &shared, &sink) }
    }
    /// A message ends, which may be empty.
    func endMessage(
        _ direction: StreamDirection, kind: UInt8, _ origin: UnitOrigin, _ shared: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        if !isLayer { reassemblers[direction].endMessage(origin, kind: kind, &context, &shared, &sink) }
    }
    /// Bytes of one direction are missing, nobody knows how many.
    func lose(_ direction: StreamDirection, _ shared: inout FlowContext) {
        // The lowest layer counts the connection, so it is not counted here.
        isDoubted = true
        miss()
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
    /// So many bytes of one direction are not in the capture.
    func gap(
        _ count: Int64, _ direction: StreamDirection, _ mark: Mark, _ shared: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        doubt(&shared)
        shared.tally.gaps &+= 1
        shared.tally.gapBytes &+= Int(clamping: count)
        reassemblers[direction].gap(count, mark, &context, &shared, &sink)
        loseCarried(direction, &shared)
    }
    /// Something was said that was not seen, and may be just what a rule turns on.
    func doubt(_ shared: inout FlowContext) {
        miss()
        if !isDoubted { shared.tally.conversationsWithGaps &+= 1 }
        isDoubted = true
    }
    /// Observers of it, and of all that it carries, are told that something was not seen.
    func miss() {
        context.miss()
        context.carrier?.miss()
    }
    /// One direction begins in the middle.
    func beginMidStream(_ direction: StreamDirection, _ shared: inout FlowContext) {
        context.miss()
        if !isFromInside { shared.tally.conversationsFromInside &+= 1 }
        isFromInside = true
        reassemblers[direction].beginMidStream(&context)
        context.carrier?.beginInside()
    }
    /// No more bytes will come in one direction, because its sender said so or because the capture ends. `isOwnEnd`: the
    /// sender ended just this, and neither gave it up nor ended all that it stands on.
    func finish(
        _ direction: StreamDirection, closed: Bool, isOwnEnd: Bool = false, _ shared: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        if isOwnEnd, let carrier = context.carrier, carrier.successor == nil, carrier.isWaiting(direction) {
            endsLater[direction] = true
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
    /// There is no room to wait for the rest of messages.
    func giveUpWaiting(_ mark: Mark, _ shared: inout FlowContext, _ sink: inout some RecordSink) {
        if isNeeded { doubt(&shared) }
        for direction in StreamDirection.allCases {
            reassemblers[direction].giveUpWaiting(mark, &context, &shared, &sink)
        }
        context.carrier?.giveUpWaiting(mark, &shared, &sink)
    }
}

/// What both directions of a conversation share.
struct ConversationContext {
    let ends: FlowEnds
    /// Name of the layer, or of the protocol.
    let protocolName: String
    /// The user says that it is this protocol, whatever it looks like.
    let isClaimed: Bool
    let observer: PassiveObserver
    /// What hears all connections of the protocol; nil where nothing does.
    let sharedObserver: SharedObserver?
    /// Whether there is one: asked of every message, so without a reference taken.
    let hasSharedObserver: Bool
    var streams: PerDirection<MessageStream>
    /// What was negotiated for a protocol on a layer; empty for all else.
    let speaks: String
    /// Where it stands in the connection, such as `websocket/peerpigeon`; empty for a protocol on the transport itself.
    let path: String
    /// What it carries; nil where that is nothing.
    let carrier: Carrier?
    /// Whether it carries anything: asked of every message, so without a reference taken.
    let isLayer: Bool
    /// The side that opened its stream is the server of the connection.
    let isSwapped: Bool
    /// Messages of no protocol that anybody knows.
    let isPlain: Bool

    /// A protocol, on the transport or on a layer.
    init(
        _ definition: Definition, _ ends: FlowEnds, _ shared: inout FlowContext, path: String = "",
        speaks: String = "", isSwapped: Bool = false
    ) {
        (self.ends, self.speaks) = (ends, speaks)
        (self.path, self.isSwapped, carrier, isLayer, isPlain) = (path, isSwapped, nil, false, false)
        protocolName = definition.name
        isClaimed =
            path.isEmpty && shared.guess.byRule(ends.client, ends.server, .tcp)?.name == definition.name
        observer = PassiveObserver.boxed(definition.observer(nil, shared.options.scrutiny))
        sharedObserver = shared.sharedObserver(definition)
        hasSharedObserver = sharedObserver != nil
        streams = PerDirection { _ in MessageStream(definition.framing(nil)) }
    }
    /// A layer of a protocol.
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

    /// What a layer carries that is of no protocol that anybody knows.
    init(_ layer: LayerDefinition, plainIn path: String, _ ends: FlowEnds, isSwapped: Bool) {
        (self.ends, speaks) = (ends, "")
        (self.path, self.isSwapped, carrier, isLayer, isPlain) = (path + "plain", isSwapped, nil, false, true)
        protocolName = layer.name
        isClaimed = false
        observer = PassiveObserver.boxed(SilentObserver())
        (sharedObserver, hasSharedObserver) = (nil, false)
        streams = PerDirection { _ in MessageStream(PlainFraming(contents: layer.contents)) }
    }

    /// What the unit carries that was found last.
    func carried(_ shared: borrowing FlowContext) -> Record.Carried {
        carrier?.carried(among: shared.guess.definitions) ?? .nothing
    }

    // What is told to observers

    var channel: HeardChannel { HeardChannel(connection: ends.flow, path: path) }
    /// Something was said that was not seen.
    func miss() {
        observer.miss()
        sharedObserver?.miss(channel)
    }
    /// What there is to say of it that a side ended its direction.
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
