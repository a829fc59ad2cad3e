public import Node

/// The beginning of a TCP connection, or its end by one side. Each segment that declares it makes one event.
public struct ConnectionEvent: Hashable, Sendable {
    /// The kind of the event.
    public enum What: Hashable, Sendable {
        /// The opening side requests the connection.
        case begun
        /// One side sends no more data.
        case finished
        /// One side resets the connection.
        case reset
    }
    /// The number of the connection, as in `Record.flow`.
    public var flow: Int
    /// The kind of the event.
    public var what: What
    /// True if the side that opened the connection sent the segment.
    public var isFromClient: Bool
    /// The address of the side that opened it.
    public var client: Endpoint
    /// The address of the other side.
    public var server: Endpoint
    /// The number of the frame with the segment.
    public var frame: Int
    /// The time of its capture.
    public var time: Timestamp
}
