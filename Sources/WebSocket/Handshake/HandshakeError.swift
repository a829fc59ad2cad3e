/// Why an upgrade is refused.
public struct HandshakeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The status code that a server answers with (RFC 9110, section 15); 0 of a client, which answers nothing.
    public var status: Int
    /// The field of the head, such as `headers[2].value`; empty for the head as a whole.
    public var path: String
    /// Where it begins, in bytes from the beginning of the head.
    public var offset: Int
    /// The part of a request that is wrong, for servers that have an answer of their own for it.
    public var cause = Cause.other
    /// What is wrong, in a line: what was wanted, and what was there.
    public var reason: String
    /// The reason with its place.
    public var description: String { path.isEmpty || !tellsPlace ? reason : "\(path) at \(offset): \(reason)" }
    /// False: the reason names the place itself.
    private var tellsPlace: Bool

    /// Parts of a request.
    public enum Cause: Hashable, Sendable { case method, host, upgrade, version, key, other }

    init(
        _ reason: String, path: String = "", at offset: Int = 0, status: Int = 400, cause: Cause = .other,
        tellsPlace: Bool = true
    ) {
        self.tellsPlace = tellsPlace
        self.cause = cause
        self.status = status
        self.path = path
        self.offset = offset
        self.reason = reason
    }
}
