public import Wire

/// An observer of the messages of a protocol in all channels of all connections of a capture. It judges rules for which
/// one conversation is not enough: a question in one channel and its answer in another, or a message on one connection
/// about another.
///
/// Messages before the capture, and those that it lacks, are unknown and not absent, as for an `Observer`. A message
/// that another channel has not shown yet is not absent either: its bytes may wait for a late segment. So missing
/// messages are judged in `finish`. An observer limits its own memory.
public protocol MessageObserver: Sendable {
    /// Judges a message, in the order of the frames that completed the messages. Findings are appended to `findings`,
    /// which may already hold others. The call should not allocate if it finds nothing.
    mutating func observe(_ message: HeardMessage, _ bytes: RawSpan, into findings: inout [Finding])
    /// Handles that messages in a channel, or its beginning, were not seen. From here on a violation is reported only
    /// if no unseen message can explain it.
    mutating func miss(_ channel: HeardChannel)
    /// Handles that one side sends nothing more in a channel. `isClosed` is true if the side ended it, and false if the
    /// capture ended.
    mutating func end(_ channel: HeardChannel, by sender: Opener, isClosed: Bool)
    /// Handles that no side sends more in any channel of a connection. It may be called more than once. State that was
    /// kept for future channels is no longer needed.
    mutating func end(connection: Int)
    /// Reports open questions, because no message follows.
    mutating func finish(into findings: inout [HeardFinding])
}

extension MessageObserver {
    public mutating func end(connection: Int) {}
}

/// A channel of a connection.
public struct HeardChannel: Hashable, Sendable {
    /// The number of the connection in the capture, from 1.
    public var connection: Int
    /// The layers and channels to it, such as `yamux/#3/gossipsub`; empty for a protocol on the transport itself.
    public var path: String
    /// Creates a channel of this connection.
    public init(connection: Int, path: String) { (self.connection, self.path) = (connection, path) }
}

/// A message of a capture, and its place.
public struct HeardMessage: Sendable {
    public var type: any Message.Type
    /// True if its description accepts it.
    public var isGood: Bool
    public var channel: HeardChannel
    /// The sender; `us` is the side that opened the channel.
    public var sender: Opener
    public var source: Endpoint
    public var destination: Endpoint
    /// True if the client of the connection sent it, regardless of the side that opened the channel.
    public var isFromClient: Bool
    /// The number of its record, from 1.
    public var record: Int
    /// The time since an earlier moment; it may stop or go back if the capture's clock does.
    public var time: Instant
    /// The text that was negotiated in the channel, as `LayerStack.resolve` took it; empty for a protocol on the
    /// transport itself.
    public var speaks: String
    /// Creates a message of this type.
    public init(
        _ type: any Message.Type, isGood: Bool, in channel: HeardChannel, from sender: Opener, _ source: Endpoint,
        to destination: Endpoint, isFromClient: Bool, record: Int, at time: Instant, speaks: String = ""
    ) {
        (self.type, self.isGood, self.channel, self.sender) = (type, isGood, channel, sender)
        (self.source, self.destination, self.isFromClient) = (source, destination, isFromClient)
        (self.record, self.time, self.speaks) = (record, time, speaks)
    }
}

/// A finding when no message follows, such as a question without an answer.
public struct HeardFinding: Sendable {
    public var channel: HeardChannel
    public var source: Endpoint
    public var destination: Endpoint
    public var isFromClient: Bool
    public var finding: Finding
    /// Creates a finding about the sender or the receiver of `message`.
    public init(_ finding: Finding, about message: HeardMessage) {
        (self.finding, channel) = (finding, message.channel)
        (source, destination, isFromClient) = (message.source, message.destination, message.isFromClient)
    }
}
