public import Node
public import Wire

/// A good message of which there is nothing to note, as far as whoever counts messages needs it: a `Record` takes
/// longer to make than such a message to read.
public struct PlainMessage: Sendable {
    /// Its description.
    public var type: any Message.Type
    /// When the last of its bytes was captured.
    public var time: Timestamp
    /// When the first packet of the capture was captured.
    public var start: Timestamp
    /// Who sent it.
    public var source: Endpoint
    /// Whom it was sent to.
    public var destination: Endpoint
    /// Number of its connection.
    public var flow: Int
    public var length: Int
    /// Sent by the side that opened the connection.
    public var isFromClient: Bool
}
