/// Why an endpoint fails a connection (RFC 6455, section 7.1.7).
public struct ConnectionFailure: Error, Hashable, Sendable {
    /// What its Close frame says.
    public var code: CloseCode
    /// For people, at most 123 bytes of ASCII: it goes into the Close frame.
    public var reason: String
    init(_ code: CloseCode, _ reason: String) {
        self.code = code
        self.reason = reason
    }
    /// The other side sends, and does not read.
    static let unread = ConnectionFailure(.tryAgainLater, "what was sent is not read")
}
