public import Node

/// A report about a capture that belongs to no single message.
public struct CaptureNote: Hashable, Sendable {
    /// The severity: `.warning` if something is lost.
    public var severity: Severity
    /// The number of the frame at which it became known.
    public var frame: Int
    /// The connection, as in `Record.flow`; nil for the capture as a whole.
    public var flow: Int?
    /// One line for the user, which names both ends of the connection.
    public var text: String
}
