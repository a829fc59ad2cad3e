public import Node

/// The beginning of a TCP connection, or that one side ends it; told once for each segment that says so.
public struct ConnectionEvent: Hashable, Sendable {
    /// What one side says.
    public enum What: Hashable, Sendable {
        /// The opening side asks for the connection.
        case begun
        /// It will say no more.
        case finished
        /// It breaks off.
        case reset
    }
    /// As in `Record.flow`.
    public var flow: Int
    /// What is said.
    public var what: What
    /// Said by the side that opened the connection.
    public var isFromClient: Bool
    /// Who opened it.
    public var client: Endpoint
    /// The other side.
    public var server: Endpoint
    /// The frame that says it.
    public var frame: Int
    /// When that was captured.
    public var time: Timestamp
}
