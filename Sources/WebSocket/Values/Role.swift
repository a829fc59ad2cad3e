public import Node

/// Which end of a connection this is: the client masks what it sends, the server does not (RFC 6455, section 5.1).
public enum Role: String, Sendable {
    case client
    case server
    /// The other end.
    public var peer: Role { self == .client ? .server : .client }
    /// The client opens the connection.
    public init(_ opener: Opener) { self = opener == .us ? .client : .server }
}
