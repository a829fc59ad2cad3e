public import Node

/// An end of a connection. The client masks its frames; the server does not (RFC 6455, section 5.1).
public enum Role: String, Sendable {
    case client
    case server
    /// The other end.
    public var peer: Role { self == .client ? .server : .client }
    /// Creates the role of a side. `us` has opened the connection, so it is the client.
    public init(_ opener: Opener) { self = opener == .us ? .client : .server }
}
