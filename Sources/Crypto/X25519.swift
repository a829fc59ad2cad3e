internal import CSodium

/// Diffie-Hellman over Curve25519 (RFC 7748, section 5).
public enum X25519 {
    /// Returns the public key of a private one; nil unless the private key is 32 bytes.
    public static func publicKey(_ privateKey: [UInt8]) -> [UInt8]? {
        guard privateKey.count == 32 else { return nil }
        return [UInt8](unsafeUninitializedCapacity: 32) { out, filled in
            guard let base = out.baseAddress else { return }
            _ = crypto_scalarmult_base(base, privateKey)
            filled = 32
        }
    }
    /// Returns the 32-byte shared secret; nil unless both keys are 32 bytes, and for a public key of small order, whose
    /// shared secret is known to everyone.
    public static func secret(_ privateKey: [UInt8], _ publicKey: [UInt8]) -> [UInt8]? {
        guard privateKey.count == 32, publicKey.count == 32 else { return nil }
        var isGood = false
        let out = [UInt8](unsafeUninitializedCapacity: 32) { out, filled in
            guard let base = out.baseAddress else { return }
            isGood = crypto_scalarmult(base, privateKey, publicKey) == 0
            filled = isGood ? 32 : 0
        }
        return isGood ? out : nil
    }
}
