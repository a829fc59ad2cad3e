internal import COpenSSL

/// HMAC (RFC 2104) with SHA-1, for protocols that prescribe it, such as STUN.
public enum HMACSHA1 {
    /// The number of bytes of a code.
    public static let count = 20

    /// Returns the authentication code, 20 bytes, or no bytes if OpenSSL fails. A key can have any number of bytes.
    public static func code(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        var written: UInt32 = 0
        return OpenSSL.withoutErrors {
            [UInt8](unsafeUninitializedCapacity: count) { out, filled in
                let isDone =
                    HMAC(EVP_sha1(), key, Int32(key.count), bytes, bytes.count, out.baseAddress, &written) != nil
                filled = isDone && Int(written) == count ? count : 0
            }
        }
    }
}
