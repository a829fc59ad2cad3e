internal import COpenSSL

/// The derivation of keys from secrets (RFC 5869) with the labels of TLS 1.3 (RFC 8446, section 7.1).
enum HKDF {
    /// The hash of a cipher suite.
    enum Hash {
        case sha256
        case sha384
        /// The number of bytes of a hash, and of every secret.
        var count: Int { self == .sha256 ? 32 : 48 }
        fileprivate var function: OpaquePointer? { self == .sha256 ? EVP_sha256() : EVP_sha384() }
    }
    /// Computes HKDF-Expand-Label with `count` bytes, at most 255 times the size of the hash. Returns nil if OpenSSL
    /// fails.
    static func expand(
        _ secret: [UInt8], label: StaticString, context: [UInt8] = [], count: Int, _ hash: Hash
    ) -> [UInt8]? {
        let name = Array("tls13 ".utf8) + label.withUTF8Buffer { [UInt8]($0) }
        guard count <= 255 * hash.count, name.count < 256, context.count < 256 else { return nil }
        let info = [UInt8(count >> 8), UInt8(count & 255), UInt8(name.count)] + name + [UInt8(context.count)] + context
        var out: [UInt8] = []
        var block: [UInt8] = []
        var number: UInt8 = 1
        while out.count < count {
            guard let next = mac(secret, block + info + [number], hash) else { return nil }
            block = next
            out += block
            number += 1
        }
        return Array(out.prefix(count))
    }
    private static func mac(_ key: [UInt8], _ bytes: [UInt8], _ hash: Hash) -> [UInt8]? {
        var count: UInt32 = 0
        var isGood = false
        let out = [UInt8](unsafeUninitializedCapacity: hash.count) { out, filled in
            isGood =
                HMAC(hash.function, key, Int32(key.count), bytes, bytes.count, out.baseAddress, &count) != nil
                && Int(count) == hash.count
            filled = isGood ? hash.count : 0
        }
        return isGood ? out : nil
    }
}
