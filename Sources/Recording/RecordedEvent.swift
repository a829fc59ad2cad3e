internal import Capture
internal import Node

/// One message or event on a connection of the node under test.
struct RecordedEvent: Sendable {
    enum What: Sendable {
        case message(RecordedMessage)
        /// Bytes that are not a valid message, with the reason.
        case bytes([UInt8], String)
        /// Data that the capture does not contain completely.
        case lost(String)
        /// Data in another channel of the connection's layers, at this path.
        case elsewhere(String)
        /// The end of the connection by the side that ended it first.
        case closed(isReset: Bool)
    }
    var what: What
    /// True if a side that the scenario plays sent it, false if the node under test did.
    var isOurs: Bool
    var flow: Int
    /// The number of the record; 0 for the end of a connection.
    var number: Int
    /// The frames that contained it.
    var frames: FrameNumbers
    var time: Timestamp
    /// The time since the first packet.
    var since: String
    /// The sort key of the event among all events: a frame number.
    var place: Int
    /// The findings of the decoder.
    var notes: [Finding]
    /// The offset of its bytes in the stream of their direction.
    var offset: Int64
    var length: Int
    /// The layer that carries it; nil for the transport.
    var above: String?
    /// The path of the channel that it arrived in, for layers with channels; nil for the connection itself.
    var channel: String?
}

extension RecordedEvent {
    /// True if it is a complete message or byte sequence.
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
