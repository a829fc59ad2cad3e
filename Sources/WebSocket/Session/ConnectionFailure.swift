/// The reason why an endpoint fails a connection (RFC 6455, section 7.1.7).
public struct ConnectionFailure: Error, Hashable, Sendable {
    /// The code in its Close frame.
    public var code: CloseCode
    /// The reason in its Close frame, for people; at most 123 bytes of ASCII.
    public var reason: String
    init(_ code: CloseCode, _ reason: String) {
        self.code = code
        self.reason = reason
    }
    /// The peer sends but does not read.
    static let unread = ConnectionFailure(.tryAgainLater, "what was sent is not read")
}
