import Wire

/// The choices of both hellos on which the keys of a connection depend.
struct Negotiation {
    let version: ProtocolVersion
    let suite: CipherSuite
    /// The random bytes of the client, by which key logs identify the connection. They are empty if its hello was not
    /// seen.
    let clientRandom: [UInt8]
    let serverRandom: [UInt8]
    /// True if records with CBC are authenticated after they are encrypted (RFC 7366).
    let encryptsFirst: Bool
    /// The reason why no secret can decrypt the records; nil if one can.
    let obstacle: String?

    /// Creates the choices of a ServerHello.
    init(_ hello: ServerHello, clientRandom: [UInt8]) {
        // The records of DTLS 1.2 are protected like those of TLS 1.2 (RFC 6347, section 4.1.2).
        version = hello.chosen == .dtls12 ? .tls12 : hello.chosen
        (suite, self.clientRandom) = (hello.suite, clientRandom)
        serverRandom = hello.header.random.array
        encryptsFirst = hello.extensions?.entries.contains { $0.type == .encryptThenMAC } ?? false
        if version != .tls12 && version != .tls13 {
            let name = ProtocolVersion.names.first { [version] in $0.number == version.number }?.name
            obstacle = "\(name ?? "version \(version.number)") is not decrypted"
        } else if suite.protection(in: version) == nil {
            let name = CipherSuite.value(of: suite.number, RawSpan(), isJSON: false)
            obstacle = "encrypted with \(name), which is not decrypted"
        } else if hello.compression != 0 {
            obstacle = "compressed, which is not decrypted"
        } else {
            obstacle = clientRandom.isEmpty ? "encrypted, and the ClientHello was not seen" : nil
        }
    }
}
