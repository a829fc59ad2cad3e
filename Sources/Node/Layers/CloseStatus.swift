/// Why a connection is closed, in the numbers and words of a layer that has some, such as the status code and reason of a
/// Close frame (RFC 6455, section 7.4). Other layers end as they always do.
public struct CloseStatus: Hashable, Sendable {
    /// A number of that layer; of WebSocket 1000 to 4999.
    public var code: UInt16
    /// For people. Of WebSocket at most 123 bytes of UTF-8; what is beyond is left out.
    public var reason: String
    /// This side ended the connection, for what the other side sent.
    public var isFailure: Bool
    /// A code with its reason.
    public init(_ code: UInt16, _ reason: String, isFailure: Bool = false) {
        self.code = code
        self.reason = reason
        self.isFailure = isFailure
    }
}
