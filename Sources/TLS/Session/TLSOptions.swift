/// What ends of TLS are made from.
public struct TLSOptions: Sendable {
    /// Application protocols, the one wanted most first; empty: none is negotiated.
    public var applicationProtocols: [String] = []
    /// What a client asks for by name (SNI), and what the server's certificate must be for; nil: none.
    public var serverName: String?
    /// Certificates of authorities, as PEM: a client takes only servers that they vouch for. Nil: any server.
    public var authorities: [UInt8]?
    /// Of a server; nil: it signs itself.
    public var certificate: Certificate?
    /// Whether TLS 1.2 is spoken with who does not know 1.3.
    public var allowsTLS12 = true

    /// Any server, a certificate that signs itself, no application protocol.
    public init() {}
}

/// Why no TLS can be spoken.
public struct TLSError: Error, Equatable, Sendable, CustomStringConvertible {
    /// One line for people.
    public var description: String
    init(_ description: String) { self.description = description }
}
