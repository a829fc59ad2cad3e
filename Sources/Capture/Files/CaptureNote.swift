public import Node

/// Something worth telling about a capture that belongs to no single message.
public struct CaptureNote: Hashable, Sendable {
    /// How much it matters: `.warning` where something is lost.
    public var severity: Severity
    /// The frame at which it became known.
    public var frame: Int
    /// The connection that it is about, as in `Record.flow`; nil for the capture as a whole.
    public var flow: Int?
    /// One line for people; names the ends of the connection.
    public var text: String
}
