import Node
import Wire

/// What a connection says in one protocol: both directions cut into messages, and what an onlooker finds in them.
struct Conversation {
    private var context: ConversationContext
    private var fromClient: Speaker
    private var fromServer: Speaker

    init(_ definition: Definition, flow: Int, client: Endpoint, server: Endpoint) {
        let observer = definition.observer
        context = ConversationContext(
            flow: flow, client: client, server: server, transport: definition.transport,
            protocolName: definition.name, observer: observer(nil), fresh: { observer(nil) })
        fromClient = Speaker(definition.framing(nil), isClient: true)
        fromServer = Speaker(definition.framing(nil), isClient: false)
    }

    /// The next bytes of one direction.
    mutating func receive(
        _ bytes: RawSpan, fromClient isClient: Bool, frame: Int, time: Timestamp, _ tally: inout Tally,
        _ sink: inout some RecordSink
    ) {
        let mark = Mark(frame: frame, time: time)
        if isClient {
            fromClient.receive(bytes, mark, &fromServer, &context, &tally, &sink)
        } else {
            fromServer.receive(bytes, mark, &fromClient, &context, &tally, &sink)
        }
    }
    /// So many bytes of one direction are not in the capture.
    mutating func gap(
        _ count: Int64, fromClient isClient: Bool, frame: Int, time: Timestamp, _ tally: inout Tally,
        _ sink: inout some RecordSink
    ) {
        doubt()
        tally.gaps &+= 1
        tally.gapBytes &+= Int(clamping: count)
        let mark = Mark(frame: frame, time: time)
        if isClient {
            fromClient.gap(count, mark, &fromServer, &context, &tally, &sink)
        } else {
            fromServer.gap(count, mark, &fromClient, &context, &tally, &sink)
        }
    }
    /// Something was said that was not seen, and may be just what a rule turns on: the onlooker begins anew.
    mutating func doubt() { context.observer = context.fresh() }
    /// One direction begins in the middle.
    mutating func beginMidStream(fromClient isClient: Bool) {
        if isClient { fromClient.beginMidStream() } else { fromServer.beginMidStream() }
    }
    /// A retransmission in one direction differs from what was sent first.
    mutating func contradict(fromClient isClient: Bool, frame: Int, time: Timestamp) {
        let mark = Mark(frame: frame, time: time)
        if isClient { fromClient.contradict(mark) } else { fromServer.contradict(mark) }
    }
    /// No more bytes will come in one direction, because its sender said so or because the capture ends.
    mutating func finish(
        fromClient isClient: Bool, closed: Bool, _ tally: inout Tally, _ sink: inout some RecordSink
    ) {
        if isClient {
            fromClient.finish(closed: closed, &fromServer, &context, &tally, &sink)
        } else {
            fromServer.finish(closed: closed, &fromClient, &context, &tally, &sink)
        }
    }
}
