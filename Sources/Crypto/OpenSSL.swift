internal import COpenSSL

/// The functions of OpenSSL that this module uses. Keys live for one call, and no error remains in the queue of the
/// thread.
enum OpenSSL {
    /// Runs `body` and removes its errors from the queue of this thread. Earlier errors belong to other code and
    /// remain.
    static func withoutErrors<R>(_ body: () -> R) -> R {
        ERR_set_mark()
        defer { ERR_pop_to_mark() }
        return body()
    }
    /// Passes the public key of a SubjectPublicKeyInfo to `body`. Returns nil unless all bytes are DER: encodings that
    /// OpenSSL accepts but DER forbids are detected, because the key is encoded again to other bytes.
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
    /// Passes a private key of a type (`EVP_PKEY_...`) in DER to `body`. Returns nil unless all bytes are one key.
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
    /// Returns the SubjectPublicKeyInfo of a key.
    static func publicKey(_ key: OpaquePointer) -> [UInt8] {
        let count = Int(i2d_PUBKEY(key, nil))
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { out, filled in
            var at = out.baseAddress
            filled = i2d_PUBKEY(key, &at) == count ? count : 0
        }
    }
    /// Returns whether a signature over the SHA-256 of a message is valid for a key.
    static func verify(_ key: OpaquePointer, _ message: [UInt8], _ signature: [UInt8]) -> Bool {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        return EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
    /// Returns the signature by a key over the SHA-256 of a message; nil if the key is too short.
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
