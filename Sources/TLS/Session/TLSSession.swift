internal import COpenSSL
internal import Node

/// A connection of OpenSSL that reads from memory and writes to memory.
///
/// It is Sendable although the compiler cannot check it: it belongs to one end, which is called from one place at a
/// time.
final class TLSSession: @unchecked Sendable {
    private let context: TLSContext
    private let connection: OpaquePointer
    /// The received bytes. `output` has the bytes to send.
    private let input: OpaquePointer
    private let output: OpaquePointer
    private let secrets: Secrets?
    private(set) var isOpen = false
    private(set) var isClosed = false

    /// The result of reading.
    enum Reading {
        case needMore
        /// The other side announced that it sends no more.
        case ended
        case failed(String)
    }

    /// Returns nil if OpenSSL has no memory.
    init?(_ context: TLSContext, isClient: Bool, _ secrets: Secrets?) {
        guard let connection = SSL_new(isClient ? context.client : context.server) else { return nil }
        guard let input = BIO_new(BIO_s_mem()), let output = BIO_new(BIO_s_mem()) else {
            SSL_free(connection)
            return nil
        }
        // An empty memory is not the end of the data.
        for memory in [input, output] { BIO_ctrl(memory, BIO_C_SET_BUF_MEM_EOF_RETURN, -1, nil) }
        SSL_set_bio(connection, input, output)
        (self.context, self.connection, self.input, self.output) = (context, connection, input, output)
        self.secrets = secrets
        SSL_set_ex_data(connection, 0, Unmanaged.passUnretained(self).toOpaque())
        if isClient { prepareClient() } else { SSL_set_accept_state(connection) }
    }
    deinit { SSL_free(connection) }
    /// Returns the session of a connection. Callbacks need it, which run only during a call of the session.
    static func of(_ connection: OpaquePointer) -> TLSSession? {
        SSL_get_ex_data(connection, 0).map { Unmanaged<TLSSession>.fromOpaque($0).takeUnretainedValue() }
    }
    private func prepareClient() {
        SSL_set_connect_state(connection)
        if !context.protocols.isEmpty {
            SSL_set_alpn_protos(connection, context.protocols, UInt32(context.protocols.count))
        }
        guard let name = context.options.serverName else { return }
        let isAddress = Endpoint(host: name, port: 0) != nil && name != "localhost" || name.contains(":")
        if isAddress {
            if context.options.authorities != nil {
                X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), name)
            }
        } else {
            var text = Array(name.utf8CString)
            text.withUnsafeMutableBytes {
                _ = SSL_ctrl(
                    connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name), $0.baseAddress)
            }
            if context.options.authorities != nil { SSL_set1_host(connection, name) }
        }
    }

    /// Continues the handshake, or reads and appends the contents of records to `content`.
    func receive(_ bytes: UnsafeRawBufferPointer, into content: inout [UInt8]) -> Reading {
        if bytes.count > 0 { BIO_write(input, bytes.baseAddress, Int32(clamping: bytes.count)) }
        if !isOpen {
            ERR_clear_error()
            let result = SSL_do_handshake(connection)
            guard result == 1 else { return reading(result) }
            isOpen = true
        }
        let size = 16 << 10
        while true {
            let before = content.count
            content.append(contentsOf: repeatElement(0, count: size))
            ERR_clear_error()
            let result = content.withUnsafeMutableBytes { all in
                all.baseAddress.map { SSL_read(connection, $0 + before, Int32(size)) } ?? 0
            }
            content.removeLast(size - max(0, Int(result)))
            if result <= 0 { return reading(result) }
        }
    }
    private func reading(_ result: Int32) -> Reading {
        switch SSL_get_error(connection, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .needMore
        case SSL_ERROR_ZERO_RETURN: return .ended
        default:
            isClosed = true
            return .failed(Self.reason(connection))
        }
    }
    private static func reason(_ connection: OpaquePointer) -> String {
        let code = ERR_get_error()
        let verified = SSL_get_verify_result(connection)
        if verified != Int(X509_V_OK) { return String(cString: X509_verify_cert_error_string(verified)) }
        guard let text = ERR_reason_error_string(code) else { return "OpenSSL error \(code)" }
        return String(cString: text)
    }
    /// Encrypts bytes. Does nothing before the handshake is complete.
    func send(_ bytes: UnsafeRawBufferPointer) {
        guard isOpen, !isClosed, bytes.count > 0 else { return }
        ERR_clear_error()
        SSL_write(connection, bytes.baseAddress, Int32(clamping: bytes.count))
    }
    /// Announces that no more is sent.
    func close() {
        guard isOpen, !isClosed else { return }
        isClosed = true
        ERR_clear_error()
        SSL_shutdown(connection)
    }
    /// Appends the bytes to send.
    func take(into out: inout [UInt8]) { Memory.take(output, into: &out) }
    /// The application protocol that was negotiated; nil if none was.
    var applicationProtocol: String? {
        var text: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(connection, &text, &count)
        return text.map { String(decoding: UnsafeBufferPointer(start: $0, count: Int(count)), as: UTF8.self) }
    }
    /// The name of the version for the user.
    var version: String { String(cString: SSL_get_version(connection)) }
    var suite: String { String(cString: SSL_CIPHER_get_name(SSL_get_current_cipher(connection))) }

    // MARK: - Callbacks of OpenSSL

    /// Receives a line of a key log.
    func noteSecret(_ line: String) {
        guard let secrets else { return }
        var log = KeyLog("OpenSSL")
        log.read(line.utf8, into: secrets)
        log.finish(into: secrets)
    }
    /// Chooses one of the application protocols that a client offers, by our order of preference.
    func choose(
        _ offered: UnsafePointer<UInt8>?, count: UInt32, _ chosen: inout UnsafePointer<UInt8>?,
        _ length: UnsafeMutablePointer<UInt8>?
    ) -> Int32 {
        var out: UnsafeMutablePointer<UInt8>?
        let result = SSL_select_next_proto(
            &out, length, context.protocols, UInt32(context.protocols.count), offered, count)
        guard result == OPENSSL_NPN_NEGOTIATED else { return SSL_TLSEXT_ERR_ALERT_FATAL }
        chosen = UnsafePointer(out)
        return SSL_TLSEXT_ERR_OK
    }
}
