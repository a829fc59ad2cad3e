/// Why an upgrade is refused.
public struct HandshakeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The status code that a server answers with (RFC 9110, section 15); 0 of a client, which answers nothing.
    public var status: Int
    /// The field of the head, such as `headers[2].value`; empty for the head as a whole.
    public var path: String
    /// Where it begins, in bytes from the beginning of the head.
    public var offset: Int
    /// What is wrong, in a line: what was wanted, and what was there.
    public var reason: String
    /// The reason with its place.
    public var description: String { path.isEmpty ? reason : "\(path) at \(offset): \(reason)" }

    init(_ reason: String, path: String = "", at offset: Int = 0, status: Int = 400) {
        self.status = status
        self.path = path
        self.offset = offset
        self.reason = reason
    }
}
