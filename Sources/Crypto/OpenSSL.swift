internal import COpenSSL

/// What this module asks of OpenSSL: keys live for one call, and no error stays in the queue of the thread.
enum OpenSSL {
    /// Takes the errors of `body` out of the queue of this thread. Older ones, which are others', stay there.
    static func withoutErrors<R>(_ body: () -> R) -> R {
        ERR_set_mark()
        defer { ERR_pop_to_mark() }
        return body()
    }
    /// A public key from its SubjectPublicKeyInfo, for the time of `body`; nil unless the bytes are DER, all of them. What
    /// OpenSSL reads and DER does not allow comes out of it in other bytes.
    static func withPublicKey<R>(_ der: [UInt8], _ body: (OpaquePointer) -> R?) -> R? {
        withoutErrors {
            der.withUnsafeBufferPointer { bytes in
                var at = bytes.baseAddress
                guard let key = d2i_PUBKEY(nil, &at, bytes.count) else { return nil }
                defer { EVP_PKEY_free(key) }
                return publicKey(key) == der ? body(key) : nil
            }
        }
    }
    /// A private key of a type (`EVP_PKEY_...`) from DER, for the time of `body`; nil unless all bytes are one.
    static func withPrivateKey<R>(_ der: [UInt8], type: Int32, _ body: (OpaquePointer) -> R?) -> R? {
        withoutErrors {
            der.withUnsafeBufferPointer { bytes in
                guard let start = bytes.baseAddress else { return nil }
                var at: UnsafePointer<UInt8>? = start
                guard let key = d2i_PrivateKey(type, nil, &at, bytes.count) else { return nil }
                defer { EVP_PKEY_free(key) }
                return at == start + bytes.count ? body(key) : nil
            }
        }
    }
    /// The SubjectPublicKeyInfo of a key.
    static func publicKey(_ key: OpaquePointer) -> [UInt8] {
        let count = Int(i2d_PUBKEY(key, nil))
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { out, filled in
            var at = out.baseAddress
            filled = i2d_PUBKEY(key, &at) == count ? count : 0
        }
    }
    /// Whether a signature over the SHA-256 of a message is that of a key.
    static func verify(_ key: OpaquePointer, _ message: [UInt8], _ signature: [UInt8]) -> Bool {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        return EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
    /// The signature of a key over the SHA-256 of a message; nil where the key is too short for one.
    static func sign(_ key: OpaquePointer, _ message: [UInt8]) -> [UInt8]? {
        guard let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_MD_CTX_free(context) }
        var count = 0
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
            EVP_DigestSign(context, nil, &count, message, message.count) == 1
        else { return nil }
        let out = [UInt8](unsafeUninitializedCapacity: count) { out, filled in
            filled = EVP_DigestSign(context, out.baseAddress, &count, message, message.count) == 1 ? count : 0
        }
        return out.isEmpty ? nil : out
    }
}
