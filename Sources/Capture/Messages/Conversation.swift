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
    @exclusivity(unchecked) private var fromClient: StreamDirection
    @exclusivity(unchecked) private var fromServer: StreamDirection
    /// Bytes that were counted for its connection in all.
    @exclusivity(unchecked) var charged = 0
    /// Something of it was not seen; it was met in the middle.
    private var isDoubted = false
    private var isFromInside = false

    init(_ definition: Definition, flow: Int, client: Endpoint, server: Endpoint, _ shared: borrowing FlowContext) {
        context = ConversationContext(definition, flow: flow, client: client, server: server, shared.scrutiny)
        fromClient = StreamDirection(definition.framing(nil), isClient: true)
        fromServer = StreamDirection(definition.framing(nil), isClient: false)
        context.isClaimed = shared.guess.byRule(client, server, definition.transport)?.name == definition.name
        for s in shared.secrets { learn(s) }
    }
    var protocolName: String { context.protocolName }
    /// Bytes that it keeps.
    @inline(__always)
    var memory: Int { fromClient.memory &+ fromServer.memory }
    /// True when a message is not whole in either direction.
    var isWaiting: Bool { fromClient.isWaiting || fromServer.isWaiting }
    /// True when one direction held too much that is no message, so that it is another protocol's.
    @inline(__always)
    var isLost: Bool { fromClient.isLost || fromServer.isLost }
    /// Where that began.
    var lostPlace: (isClient: Bool, offset: Int64, count: Int, frame: Int)? {
        for s in [fromClient, fromServer] where s.isLost {
            return (s.isClient, s.strangeOffset, s.strangeCount, s.strangeFrame)
        }
        return nil
    }

    /// Keys for what follows.
    func learn(_ secrets: Secrets) {
        context.secrets.append(secrets)
        fromClient.learn(secrets)
        fromServer.learn(secrets)
    }
    /// The next bytes of one direction.
    @inline(__always)
    func receive(
        _ bytes: RawSpan, fromClient isClient: Bool, _ mark: Mark, _ shared: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        if isClient {
            fromClient.receive(bytes, mark, &fromServer, &context, &shared, &sink)
        } else {
            fromServer.receive(bytes, mark, &fromClient, &context, &shared, &sink)
        }
    }
    /// A datagram of one direction: whole messages, but for what is `missing` at its end.
    func receive(
        datagram bytes: RawSpan, missing: Int, _ pieces: [(stop: Int, frame: Int)], fromClient isClient: Bool,
        _ mark: Mark, _ shared: inout FlowContext, _ sink: inout some RecordSink
    ) {
        if isClient {
            fromClient.receive(datagram: bytes, missing: missing, pieces, mark, &fromServer, &context, &shared, &sink)
        } else {
            fromServer.receive(datagram: bytes, missing: missing, pieces, mark, &fromClient, &context, &shared, &sink)
        }
    }
    /// So many bytes of one direction are not in the capture.
    func gap(
        _ count: Int64, fromClient isClient: Bool, _ mark: Mark, _ shared: inout FlowContext,
        _ sink: inout some RecordSink
    ) {
        doubt(&shared)
        shared.tally.gaps &+= 1
        shared.tally.gapBytes &+= Int(clamping: count)
        if isClient {
            fromClient.gap(count, mark, &fromServer, &context, &shared, &sink)
        } else {
            fromServer.gap(count, mark, &fromClient, &context, &shared, &sink)
        }
    }
    /// Something was said that was not seen, and may be just what a rule turns on.
    func doubt(_ shared: inout FlowContext) {
        context.observer.miss()
        if !isDoubted { shared.tally.conversationsWithGaps &+= 1 }
        isDoubted = true
    }
    /// One direction begins in the middle.
    func beginMidStream(fromClient isClient: Bool, _ shared: inout FlowContext) {
        context.observer.miss()
        if !isFromInside { shared.tally.conversationsFromInside &+= 1 }
        isFromInside = true
        if isClient { fromClient.beginMidStream() } else { fromServer.beginMidStream() }
    }
    /// A retransmission in one direction differs from what was sent first.
    func contradict(fromClient isClient: Bool, _ mark: Mark) {
        if isClient { fromClient.contradict(mark) } else { fromServer.contradict(mark) }
    }
    /// Bytes of one direction came that stand before those which were handed out first.
    func tellTooLate(_ count: Int, fromClient isClient: Bool, _ mark: Mark) {
        if isClient { fromClient.tellTooLate(count, mark) } else { fromServer.tellTooLate(count, mark) }
    }
    /// To be told with the next record of one direction.
    func tell(_ finding: Finding, fromClient isClient: Bool) {
        if isClient { fromClient.tell(finding) } else { fromServer.tell(finding) }
    }
    /// No more bytes will come in one direction, because its sender said so or because the capture ends.
    func finish(
        fromClient isClient: Bool, closed: Bool, _ shared: inout FlowContext, _ sink: inout some RecordSink
    ) {
        if isClient {
            fromClient.finish(closed: closed, &fromServer, &context, &shared, &sink)
        } else {
            fromServer.finish(closed: closed, &fromClient, &context, &shared, &sink)
        }
    }
    /// There is no room to wait for the rest of messages.
    func giveUpWaiting(_ mark: Mark, _ shared: inout FlowContext, _ sink: inout some RecordSink) {
        if isWaiting { doubt(&shared) }
        fromClient.giveUpWaiting(mark, &fromServer, &context, &shared, &sink)
        fromServer.giveUpWaiting(mark, &fromClient, &context, &shared, &sink)
    }
}
