/// The reason why an upgrade is refused.
public struct HandshakeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The status code of the server's answer (RFC 9110, section 15). A client, which does not answer, has 0.
    public var status: Int
    /// The path of the field in the head, such as `headers[2].value`; empty for the whole head.
    public var path: String
    /// The offset of the field in bytes from the start of the head.
    public var offset: Int
    /// The part of a request that is wrong, for servers that have their own answers.
    public var cause = Cause.other
    /// The fault in one line, with the expected and the found value.
    public var reason: String
    /// The reason with its place.
    public var description: String { path.isEmpty || !tellsPlace ? reason : "\(path) at \(offset): \(reason)" }
    /// False if the reason names the place itself.
    private var tellsPlace: Bool

    /// The parts of a request.
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
