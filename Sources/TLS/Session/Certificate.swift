internal import COpenSSL

/// The certificate of a server and its key, as PEM.
public struct Certificate: Hashable, Sendable {
    /// The certificate, followed by the certificates of its authorities if they should be sent.
    public var chain: [UInt8]
    public var key: [UInt8]
    /// Creates a certificate from the contents of files.
    public init(chain: [UInt8], key: [UInt8]) { (self.chain, self.key) = (chain, key) }

    /// Creates a self-signed certificate with a new key on the curve P-256, for these names and `localhost`,
    /// `127.0.0.1` and `::1`. It is valid from 2020 to 2049 and does not depend on the clock. Returns nil if OpenSSL
    /// has no random numbers.
    public static func selfSigned(names: [String] = []) -> Certificate? {
        guard let key = newKey() else { return nil }
        defer { EVP_PKEY_free(key) }
        guard let certificate = X509_new() else { return nil }
        defer { X509_free(certificate) }
        let hosts = names.filter { $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x2c && $0 != 0x3a } }
        let alternatives = (hosts + ["localhost"]).map { "DNS:\($0)" } + ["IP:127.0.0.1", "IP:::1"]
        guard X509_set_version(certificate, 2) == 1,
            ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1,
            ASN1_TIME_set_string(X509_getm_notBefore(certificate), "20200101000000Z") == 1,
            ASN1_TIME_set_string(X509_getm_notAfter(certificate), "20491231235959Z") == 1,
            X509_set_pubkey(certificate, key) == 1,
            X509_NAME_add_entry_by_txt(
                X509_get_subject_name(certificate), "CN", 0x1000 /* MBSTRING_UTF8 */, hosts.first ?? "localhost", -1,
                -1, 0) == 1,
            X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) == 1,
            add(NID_subject_alt_name, alternatives.joined(separator: ","), to: certificate),
            add(NID_basic_constraints, "critical,CA:TRUE", to: certificate),
            X509_sign(certificate, key, EVP_sha256()) > 0,
            let chain = pem({ PEM_write_bio_X509($0, certificate) }),
            let secret = pem({ PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) })
        else { return nil }
        return Certificate(chain: chain, key: secret)
    }
    private static func newKey() -> OpaquePointer? {
        guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1,
            EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1,
            EVP_PKEY_keygen(context, &key) == 1
        else { return nil }
        return key
    }
    private static func add(_ nid: Int32, _ value: String, to certificate: OpaquePointer) -> Bool {
        guard let e = X509V3_EXT_conf_nid(nil, nil, nid, value) else { return false }
        defer { X509_EXTENSION_free(e) }
        return X509_add_ext(certificate, e, -1) == 1
    }
    private static func pem(_ write: (OpaquePointer) -> Int32) -> [UInt8]? {
        guard let memory = BIO_new(BIO_s_mem()) else { return nil }
        defer { BIO_free(memory) }
        guard write(memory) == 1 else { return nil }
        return Memory.take(memory)
    }
}

/// Functions on memory BIOs of OpenSSL, with which it reads and writes without I/O.
enum Memory {
    /// Returns all bytes that were written, and removes them.
    static func take(_ memory: OpaquePointer) -> [UInt8] {
        var out: [UInt8] = []
        take(memory, into: &out)
        return out
    }
    /// Appends all bytes that were written, and removes them from the BIO.
    static func take(_ memory: OpaquePointer, into out: inout [UInt8]) {
        let count = BIO_ctrl_pending(memory)
        guard count > 0 else { return }
        let before = out.count
        out.append(contentsOf: repeatElement(0, count: count))
        let read = out.withUnsafeMutableBytes { all in
            all.baseAddress.map { BIO_read(memory, $0 + before, Int32(clamping: count)) } ?? 0
        }
        out.removeLast(count - max(0, Int(read)))
    }
    /// Calls `body` with a BIO that reads these bytes.
    static func reading<R>(_ bytes: [UInt8], _ body: (OpaquePointer) -> R?) -> R? {
        bytes.withUnsafeBytes { all in
            guard let memory = BIO_new_mem_buf(all.baseAddress, Int32(clamping: all.count)) else { return nil }
            defer { BIO_free(memory) }
            return body(memory)
        }
    }
}
