internal import CSodium

/// HMAC (RFC 2104) with SHA-256. Noise derives its keys with it.
public enum HMACSHA256 {
    /// Returns the authentication code, 32 bytes. A key can have any number of bytes.
    public static func code(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { out, filled in
            guard let base = out.baseAddress else { return }
            _ = Sodium.isTuned
            var state = crypto_auth_hmacsha256_state()
            crypto_auth_hmacsha256_init(&state, key, key.count)
            crypto_auth_hmacsha256_update(&state, bytes, UInt64(bytes.count))
            crypto_auth_hmacsha256_final(&state, base)
            filled = 32
        }
    }
}

/// HKDF with SHA-256 (RFC 5869).
public enum HKDFSHA256 {
    /// Returns `count` bytes of derived key material, at most 255 hashes (8,160 bytes).
    public static func derive(_ secret: [UInt8], salt: [UInt8], info: [UInt8] = [], count: Int) -> [UInt8] {
        let key = HMACSHA256.code(secret, key: salt)
        var (out, block): ([UInt8], [UInt8]) = ([], [])
        for number in UInt8(1)...255 where out.count < count {
            block = HMACSHA256.code(block + info + [number], key: key)
            out += block
        }
        return Array(out.prefix(max(0, count)))
    }
}
