internal import COpenSSL

/// The state that all connections of a program with the same TLS options share.
///
/// OpenSSL takes random numbers from the system, and reads the clock when it checks certificates. So the bytes on the
/// wire differ from run to run.
///
/// It is Sendable although the compiler cannot check it. OpenSSL lets several threads make connections from one
/// context, and nothing in it changes after initialization.
public final class TLSContext: @unchecked Sendable {
    let options: TLSOptions
    let client: OpaquePointer
    let server: OpaquePointer
    /// The application protocols, each after a byte with its length.
    let protocols: [UInt8]

    /// Creates a context with these options. Throws if a certificate, key or authority is invalid.
    public init(_ options: TLSOptions = TLSOptions()) throws(TLSError) {
        // OpenSSL must not read its configuration file, because a run must not depend on it.
        OPENSSL_init_ssl(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil)
        self.options = options
        protocols = options.applicationProtocols.flatMap { name in
            let bytes = Array(name.utf8.prefix(255))
            return [UInt8(bytes.count)] + bytes
        }
        guard let client = SSL_CTX_new(TLS_client_method()) else { throw TLSError("OpenSSL cannot create a client") }
        guard let server = SSL_CTX_new(TLS_server_method()) else {
            SSL_CTX_free(client)
            throw TLSError("OpenSSL cannot create a server")
        }
        (self.client, self.server) = (client, server)
        for context in [client, server] {
            SSL_CTX_ctrl(
                context, SSL_CTRL_SET_MIN_PROTO_VERSION,
                Int(options.allowsTLS12 ? TLS1_2_VERSION : TLS1_3_VERSION), nil)
            SSL_CTX_set_keylog_callback(context) { connection, line in
                guard let connection, let line, let session = TLSSession.of(connection) else { return }
                session.noteSecret(String(cString: line))
            }
        }
        try useAuthorities()
        guard let certificate = options.certificate ?? .selfSigned(names: options.serverName.map { [$0] } ?? []) else {
            throw TLSError("OpenSSL cannot create a certificate")
        }
        try use(certificate)
        guard !protocols.isEmpty else { return }
        SSL_CTX_set_alpn_select_cb(
            server,
            { connection, chosen, length, offered, count, _ in
                guard let connection, let chosen, let session = TLSSession.of(connection) else {
                    return SSL_TLSEXT_ERR_NOACK
                }
                return session.choose(offered, count: count, &chosen.pointee, length)
            }, nil)
    }
    deinit {
        SSL_CTX_free(client)
        SSL_CTX_free(server)
    }

    private func useAuthorities() throws(TLSError) {
        guard let authorities = options.authorities else {
            return SSL_CTX_set_verify(client, SSL_VERIFY_NONE, nil)
        }
        SSL_CTX_set_verify(client, SSL_VERIFY_PEER, nil)
        let store = SSL_CTX_get_cert_store(client)
        var count = 0
        _ = Memory.reading(authorities) { memory -> Bool? in
            while let certificate = PEM_read_bio_X509(memory, nil, nil, nil) {
                if X509_STORE_add_cert(store, certificate) == 1 { count += 1 }
                X509_free(certificate)
            }
            return nil
        }
        ERR_clear_error()
        guard count > 0 else { throw TLSError("the authorities contain no certificate in PEM format") }
    }
    private func use(_ certificate: Certificate) throws(TLSError) {
        let isUsed = Memory.reading(certificate.chain) { memory -> Bool? in
            guard let own = PEM_read_bio_X509(memory, nil, nil, nil) else { return nil }
            defer { X509_free(own) }
            guard SSL_CTX_use_certificate(server, own) == 1 else { return nil }
            // The context takes ownership of the certificate.
            while let next = PEM_read_bio_X509(memory, nil, nil, nil) {
                if SSL_CTX_ctrl(server, SSL_CTRL_EXTRA_CHAIN_CERT, 0, UnsafeMutableRawPointer(next)) != 1 {
                    X509_free(next)
                }
            }
            ERR_clear_error()
            return true
        }
        guard isUsed == true else { throw TLSError("the certificate is not in PEM format") }
        let hasKey = Memory.reading(certificate.key) { memory -> Bool? in
            // There is no prompt for a password: a key that needs one is rejected.
            guard let key = PEM_read_bio_PrivateKey(memory, nil, { _, _, _, _ in 0 }, nil) else { return nil }
            defer { EVP_PKEY_free(key) }
            return SSL_CTX_use_PrivateKey(server, key) == 1 ? true : nil
        }
        guard hasKey == true else {
            ERR_clear_error()
            throw TLSError("the key is not in PEM format, has a password, or does not belong to the certificate")
        }
    }
}
