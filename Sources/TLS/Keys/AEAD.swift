internal import COpenSSL

/// An algorithm that encrypts and authenticates the content of records in one step.
enum AEAD {
    case aes128GCM, aes256GCM
    case chaCha20Poly1305
    case aes128CCM, aes256CCM
    /// CCM with a short tag.
    case aes128CCM8, aes256CCM8

    /// The number of bytes of a nonce, and of the initialization vector in TLS 1.3.
    static let nonceSize = 12

    var keySize: Int {
        switch self {
        case .aes128GCM, .aes128CCM, .aes128CCM8: 16
        case .aes256GCM, .aes256CCM, .aes256CCM8, .chaCha20Poly1305: 32
        }
    }
    /// The number of bytes of the tag at the end of each record.
    var tagSize: Int { self == .aes128CCM8 || self == .aes256CCM8 ? 8 : 16 }
    /// The number of bytes of the nonce before the content of each record of TLS 1.2 (RFC 5288, section 3, RFC 6655,
    /// section 3, and RFC 7905, section 2).
    var explicitSize: Int { self == .chaCha20Poly1305 ? 0 : 8 }
    var isCCM: Bool {
        switch self {
        case .aes128CCM, .aes256CCM, .aes128CCM8, .aes256CCM8: true
        case .aes128GCM, .aes256GCM, .chaCha20Poly1305: false
        }
    }
    fileprivate var cipher: OpaquePointer? {
        switch self {
        case .aes128GCM: EVP_aes_128_gcm()
        case .aes256GCM: EVP_aes_256_gcm()
        case .chaCha20Poly1305: EVP_chacha20_poly1305()
        case .aes128CCM, .aes128CCM8: EVP_aes_128_ccm()
        case .aes256CCM, .aes256CCM8: EVP_aes_256_ccm()
        }
    }
}

/// An AEAD algorithm with a key.
///
/// It is an object because it has a context of OpenSSL. It is Sendable although the compiler cannot check it: it
/// belongs to one layer, which is called from one place at a time.
final class AEADKey: @unchecked Sendable {
    let algorithm: AEAD
    private let context: OpaquePointer

    /// Returns nil if the key does not have its size, or if OpenSSL fails.
    init?(_ algorithm: AEAD, _ key: [UInt8]) {
        guard key.count == algorithm.keySize, let context = EVP_CIPHER_CTX_new() else { return nil }
        (self.algorithm, self.context) = (algorithm, context)
        // CCM needs the sizes of nonce and tag before the key.
        guard EVP_DecryptInit_ex(context, algorithm.cipher, nil, nil, nil) == 1,
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, Int32(AEAD.nonceSize), nil) == 1,
            !algorithm.isCCM
                || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(algorithm.tagSize), nil) == 1,
            EVP_DecryptInit_ex(context, nil, nil, key, nil) == 1
        else { return nil }
    }
    deinit { EVP_CIPHER_CTX_free(context) }

    /// Appends the content of `sealed`, which ends with the tag. Returns false, and appends nothing, if the tag does
    /// not fit. `nonce` has `AEAD.nonceSize` bytes.
    func open(
        _ sealed: UnsafeRawBufferPointer, nonce: UnsafeRawBufferPointer, additional: UnsafeRawBufferPointer,
        into out: inout [UInt8]
    ) -> Bool {
        let count = sealed.count - algorithm.tagSize
        guard count >= 0, let from = sealed.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return false }
        let before = out.count
        // OpenSSL takes a missing output for a request without one, so that there is always a byte.
        out.append(contentsOf: repeatElement(0, count: max(1, count)))
        let isGood = out.withUnsafeMutableBytes { out in
            guard let to = out.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return false }
            return open(from, count, nonce, additional, into: to + before)
        }
        out.removeLast(isGood ? max(1, count) - count : max(1, count))
        return isGood
    }
    private func open(
        _ from: UnsafePointer<UInt8>, _ count: Int, _ nonce: UnsafeRawBufferPointer,
        _ additional: UnsafeRawBufferPointer, into out: UnsafeMutablePointer<UInt8>
    ) -> Bool {
        let nonce = nonce.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let tag = UnsafeMutableRawPointer(mutating: from + count)
        var done: Int32 = 0
        func set(_ tag: UnsafeMutableRawPointer) -> Bool {
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(algorithm.tagSize), tag) == 1
        }
        func add() -> Bool {
            let bytes = additional.baseAddress?.assumingMemoryBound(to: UInt8.self)
            return EVP_DecryptUpdate(context, nil, &done, bytes, Int32(additional.count)) == 1
        }
        guard algorithm.isCCM else {
            return EVP_DecryptInit_ex(context, nil, nil, nil, nonce) == 1 && add()
                && EVP_DecryptUpdate(context, out, &done, from, Int32(count)) == 1 && set(tag)
                && EVP_DecryptFinal_ex(context, nil, &done) == 1
        }
        // CCM needs the tag and the size first, and checks the tag as it decrypts.
        return set(tag) && EVP_DecryptInit_ex(context, nil, nil, nil, nonce) == 1
            && EVP_DecryptUpdate(context, nil, &done, nil, Int32(count)) == 1 && add()
            && EVP_DecryptUpdate(context, out, &done, from, Int32(count)) == 1
    }
}
