internal import Capture
internal import Node

/// One thing that was said or done on a connection of the node under test.
struct RecordedEvent: Sendable {
    enum What: Sendable {
        case message(RecordedMessage)
        /// Bytes that are no good message, with why.
        case bytes([UInt8], String)
        /// Something that the capture does not have as a whole.
        case lost(String)
        /// In another channel of the connection's layers, at this path.
        case elsewhere(String)
        /// The first of both sides to end the connection does.
        case closed(isReset: Bool)
    }
    var what: What
    /// Of those that the scenario plays, rather than of the node under test.
    var isOurs: Bool
    var flow: Int
    /// Of the record; 0 for the end of a connection.
    var number: Int
    /// The frames that it came in.
    var frames: FrameNumbers
    var time: Timestamp
    /// Since the first packet.
    var since: String
    /// Where it stands among all events: a frame, and then its number.
    var place: Int
    /// What the decoder noted.
    var notes: [Finding]
    /// Where its bytes stand in its direction.
    var offset: Int64
    var length: Int
    /// The layer that carries it; nil: the transport.
    var above: String?
    /// The path of the channel that it came in, of layers that have such; nil: of the connection itself.
    var channel: String?
}

extension RecordedEvent {
    /// Whether it is something that was said as a whole.
    var isSaid: Bool {
        switch what {
        case .message, .bytes: true
        case .lost, .closed, .elsewhere: false
        }
    }
    var frameText: String {
        let shown = frames.prefix(4).map(String.init).joined(separator: ", ")
        return (frames.count == 1 ? "frame " : "frames ") + shown + (frames.count > 4 ? ", ..." : "")
    }
}
