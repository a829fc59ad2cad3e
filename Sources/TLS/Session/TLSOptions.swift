/// The options for the ends of TLS.
public struct TLSOptions: Sendable {
    /// The application protocols in order of preference. If empty, none is negotiated.
    public var applicationProtocols: [String] = []
    /// The host name that a client requests (SNI) and that the server's certificate must have; nil for none.
    public var serverName: String?
    /// The certificates of authorities, as PEM. A client accepts only servers with a certificate from them. Nil: any
    /// server.
    public var authorities: [UInt8]?
    /// The certificate of a server; nil for a self-signed one.
    public var certificate: Certificate?
    /// True to use TLS 1.2 with peers that do not support 1.3.
    public var allowsTLS12 = true

    /// Creates options with any server, a self-signed certificate, and no application protocol.
    public init() {}
}

/// The reason why TLS cannot be used.
public struct TLSError: Error, Equatable, Sendable, CustomStringConvertible {
    /// One line for the user.
    public var description: String
    init(_ description: String) { self.description = description }
}
