public import Wire

/// Hears the messages of a protocol in all channels of all connections of a capture, for what takes more than one
/// conversation to judge: a question in one channel and its answer in another, or what one connection says of another.
///
/// What was before the capture, and what it lacks, is unknown and not absent, as for an `Observer`. Nor is absent what
/// another channel has not said yet: its bytes may wait for a segment that came late. So what was never said is judged
/// in `finish`. An observer bounds its memory by itself.
public protocol MessageObserver: Sendable {
    /// A message, in the order of the frames that completed them. What there is to say of it is appended to `findings`,
    /// where others have been before. What finds nothing should allocate nothing.
    mutating func observe(_ message: HeardMessage, _ bytes: RawSpan, into findings: inout [Finding])
    /// Something was said in a channel that was not seen, or its beginning was not: from here on a violation is only
    /// what no unseen message can explain.
    mutating func miss(_ channel: HeardChannel)
    /// One side says no more in a channel; `isClosed` says whether it ended it, rather than the capture.
    mutating func end(_ channel: HeardChannel, by sender: Opener, isClosed: Bool)
    /// Nobody says more in any channel of a connection, which may be told more than once: what was kept for channels yet
    /// to be opened is needed no longer.
    mutating func end(connection: Int)
    /// No message follows: tells what is still open.
    mutating func finish(into findings: inout [HeardFinding])
}

extension MessageObserver {
    public mutating func end(connection: Int) {}
}

/// A channel of a connection.
public struct HeardChannel: Hashable, Sendable {
    /// Number of the connection in the capture, from 1.
    public var connection: Int
    /// The layers and channels to it, such as `yamux/#3/gossipsub`; empty for a protocol on the transport itself.
    public var path: String
    /// A channel of this connection.
    public init(connection: Int, path: String) { (self.connection, self.path) = (connection, path) }
}

/// A message of a capture, and where it was said.
public struct HeardMessage: Sendable {
    public var type: any Message.Type
    /// Its description accepts it.
    public var isGood: Bool
    public var channel: HeardChannel
    /// Who sent it, `us` being who opened the channel.
    public var sender: Opener
    public var source: Endpoint
    public var destination: Endpoint
    /// Whether the client of the connection said it, whoever opened the channel.
    public var isFromClient: Bool
    /// Number of its record, from 1.
    public var record: Int
    /// Since some moment before; may stand still or go back where clocks do.
    public var time: Instant
    /// What was negotiated in the channel, as `LayerStack.resolve` took it; empty for a protocol on the transport itself.
    public var speaks: String
    /// A message of this type.
    public init(
        _ type: any Message.Type, isGood: Bool, in channel: HeardChannel, from sender: Opener, _ source: Endpoint,
        to destination: Endpoint, isFromClient: Bool, record: Int, at time: Instant, speaks: String = ""
    ) {
        (self.type, self.isGood, self.channel, self.sender) = (type, isGood, channel, sender)
        (self.source, self.destination, self.isFromClient) = (source, destination, isFromClient)
        (self.record, self.time, self.speaks) = (record, time, speaks)
    }
}

/// What is worth telling when no message follows, such as a question without an answer.
public struct HeardFinding: Sendable {
    public var channel: HeardChannel
    public var source: Endpoint
    public var destination: Endpoint
    public var isFromClient: Bool
    public var finding: Finding
    /// A finding about what the sender of `message` said, or was told.
    public init(_ finding: Finding, about message: HeardMessage) {
        (self.finding, channel) = (finding, message.channel)
        (source, destination, isFromClient) = (message.source, message.destination, message.isFromClient)
    }
}
