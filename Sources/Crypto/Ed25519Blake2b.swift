import CSodium

/// Ed25519 with BLAKE2b-512 where RFC 8032 has SHA-512, as Nano uses it.
///
/// Signing is deterministic. Verification follows the network and not RFC 8032: S is taken modulo the group order, so
/// that S + L passes as well, as long as the three highest bits of S are clear; R is compared as bytes, without
/// cofactor. Public keys of small order or outside the main subgroup are refused, which the network's own code may
/// accept.
public enum Ed25519Blake2b {
    /// The public key of a private one; nil unless `seed` is 32 bytes.
    public static func publicKey(seed: [UInt8]) -> [UInt8]? { SigningKey(seed: seed)?.publicKey }

    /// 64 bytes of signature; nil unless `seed` is 32 bytes. Use `SigningKey` to sign more than once.
    public static func sign(seed: [UInt8], message: [UInt8]) -> [UInt8]? {
        SigningKey(seed: seed)?.sign(message.span.bytes)
    }

    /// Whether `signature` (64 bytes) is that of `message` under `publicKey` (32 bytes); false for other lengths.
    public static func verify(publicKey: [UInt8], message: [UInt8], signature: [UInt8]) -> Bool {
        verify(publicKey: publicKey.span.bytes, message: message.span.bytes, signature: signature.span.bytes)
    }

    /// The same over bytes that live elsewhere; allocates nothing.
    public static func verify(publicKey: RawSpan, message: RawSpan, signature: RawSpan) -> Bool {
        guard publicKey.byteCount == 32, signature.byteCount == 64 else { return false }
        guard signature.unsafeLoad(fromUncheckedByteOffset: 63, as: UInt8.self) & 0xe0 == 0 else { return false }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Scratch.count) { memory in
            guard let base = memory.baseAddress else { return false }
            return signature.withUnsafeBytes { signature in
                publicKey.withUnsafeBytes { key in
                    message.withUnsafeBytes { check($0, key, signature, Scratch(base)) }
                }
            }
        }
    }

    /// R = S·B - k·A, with k = H(R, A, message).
    private static func check(
        _ message: UnsafeRawBufferPointer, _ key: UnsafeRawBufferPointer, _ signature: UnsafeRawBufferPointer,
        _ scratch: Scratch
    ) -> Bool {
        guard let a = key.baseAddress?.assumingMemoryBound(to: UInt8.self),
            let r = signature.baseAddress?.assumingMemoryBound(to: UInt8.self)
        else { return false }
        Blake2b.streaming(into: scratch.wide, count: 64) { state in
            state.update(UnsafeRawBufferPointer(start: r, count: 32))
            state.update(key)
            state.update(message)
        }
        crypto_core_ed25519_scalar_reduce(scratch.scalar, scratch.wide)
        // Fails for keys that are no point of the main subgroup.
        guard crypto_scalarmult_ed25519_noclamp(scratch.point, scratch.scalar, a) == 0 else { return false }
        scratch.wide.update(from: r + 32, count: 32)
        (scratch.wide + 32).update(repeating: 0, count: 32)
        crypto_core_ed25519_scalar_reduce(scratch.scalar, scratch.wide)
        guard crypto_scalarmult_ed25519_base_noclamp(scratch.wide, scratch.scalar) == 0,
            crypto_core_ed25519_sub(scratch.wide, scratch.wide, scratch.point) == 0
        else { return false }
        return sodium_memcmp(scratch.wide, r, 32) == 0
    }
}
