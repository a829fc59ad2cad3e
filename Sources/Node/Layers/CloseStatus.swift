/// The reason why a connection is closed, in the form of a layer. An example is the status code and reason of a Close
/// frame (RFC 6455, section 7.4). Layers without a status end as usual.
public struct CloseStatus: Hashable, Sendable {
    /// A number of the layer; for WebSocket 1000 to 4999.
    public var code: UInt16
    /// The reason for people. For WebSocket it has at most 123 bytes of UTF-8; the rest is left out.
    public var reason: String
    /// True if this side ended the connection because of data that the other side sent.
    public var isFailure: Bool
    /// Creates a status from a code and its reason.
    public init(_ code: UInt16, _ reason: String, isFailure: Bool = false) {
        self.code = code
        self.reason = reason
        self.isFailure = isFailure
    }
}
