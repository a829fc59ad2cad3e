internal import COpenSSL

extension CipherSuite {
    /// The hash of a TLS 1.3 suite whose records can be decrypted here; nil for other suites.
    var hash: HKDF.Hash? {
        switch self {
        case .aes128GCM, .chaCha20Poly1305: .sha256
        case .aes256GCM: .sha384
        default: nil
        }
    }
    fileprivate var keySize: Int { self == .aes128GCM ? 16 : 32 }
    fileprivate var cipher: OpaquePointer? {
        switch self {
        case .aes128GCM: EVP_aes_128_gcm()
        case .aes256GCM: EVP_aes_256_gcm()
        case .chaCha20Poly1305: EVP_chacha20_poly1305()
        default: nil
        }
    }
}

/// The keys that decrypt the records of one side under one secret (RFC 8446, sections 5.2, 5.3 and 7.3).
///
/// It is an object because it has a context of OpenSSL. It is Sendable although the compiler cannot check it: it
/// belongs to one layer, which is called from one place at a time.
final class TrafficKeys: @unchecked Sendable {
    /// The number of bytes of the tag at the end of each record.
    static let tagSize = 16
    let suite: CipherSuite
    private let secret: [UInt8]
    private let hash: HKDF.Hash
    let key: [UInt8]
    let iv: [UInt8]
    private let context: OpaquePointer

    /// Returns nil if the suite is not supported or the secret does not have its size.
    init?(_ suite: CipherSuite, secret: [UInt8]) {
        guard let hash = suite.hash, secret.count == hash.count,
            let key = HKDF.expand(secret, label: "key", count: suite.keySize, hash),
            let iv = HKDF.expand(secret, label: "iv", count: 12, hash), let context = EVP_CIPHER_CTX_new()
        else { return nil }
        (self.suite, self.secret, self.hash, self.key, self.iv, self.context) = (suite, secret, hash, key, iv, context)
        guard EVP_DecryptInit_ex(context, suite.cipher, nil, key, nil) == 1 else { return nil }
    }
    deinit { EVP_CIPHER_CTX_free(context) }
    /// The keys after a KeyUpdate.
    var next: TrafficKeys? {
        HKDF.expand(secret, label: "traffic upd", count: hash.count, hash).flatMap { TrafficKeys(suite, secret: $0) }
    }
    /// Appends the content of a record with its type and padding. Returns false, and appends nothing, if the record
    /// does not have this number under these keys.
    func open(_ record: RawSpan, number: UInt64, into out: inout [UInt8]) -> Bool {
        let count = record.byteCount - Record.headerSize - Self.tagSize
        guard count >= 0 else { return false }
        var nonce = iv
        for i in 0..<8 { nonce[11 - i] ^= UInt8(truncatingIfNeeded: number >> (8 * UInt64(i))) }
        let before = out.count
        out.append(contentsOf: repeatElement(0, count: count))
        let isGood = record.withUnsafeBytes { record in
            out.withUnsafeMutableBytes { out in
                guard let from = record.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return false }
                let to = out.baseAddress?.assumingMemoryBound(to: UInt8.self)
                var done: Int32 = 0
                guard EVP_DecryptInit_ex(context, nil, nil, nil, nonce) == 1,
                    EVP_DecryptUpdate(context, nil, &done, from, Int32(Record.headerSize)) == 1,
                    EVP_DecryptUpdate(
                        context, to.map { $0 + before }, &done, from + Record.headerSize, Int32(count)) == 1,
                    EVP_CIPHER_CTX_ctrl(
                        context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagSize),
                        UnsafeMutableRawPointer(mutating: from + Record.headerSize + count)) == 1
                else { return false }
                return EVP_DecryptFinal_ex(context, nil, &done) == 1
            }
        }
        if !isGood { out.removeLast(count) }
        return isGood
    }
}
