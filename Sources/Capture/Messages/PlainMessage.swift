public import Node
public import Wire

/// A valid message without findings, with the properties that a sink which counts messages needs. A `Record` takes
/// longer to make than such a message takes to read.
public struct PlainMessage: Sendable {
    /// The description of the message.
    public var type: any Message.Type
    /// The time when the last of its bytes was captured.
    public var time: Timestamp
    /// The time of the first packet of the capture.
    public var start: Timestamp
    /// The sender.
    public var source: Endpoint
    /// The receiver.
    public var destination: Endpoint
    /// The number of its connection.
    public var flow: Int
    public var length: Int
    /// True if the side that opened the connection sent it.
    public var isFromClient: Bool
}
