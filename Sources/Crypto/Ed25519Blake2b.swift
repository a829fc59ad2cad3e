import CSodium

/// Ed25519 with BLAKE2b-512 instead of the SHA-512 of RFC 8032, as Nano uses it.
///
/// Signing is deterministic. Verification follows the network and not RFC 8032. S is taken modulo the group order, so S
/// + L is valid too if the three highest bits of S are clear. R is compared as bytes, without cofactor. Public keys of
/// small order or outside the main subgroup are refused, although the network's own code may accept them.
public enum Ed25519Blake2b {
    /// Returns the public key of a private one; nil unless `seed` is 32 bytes.
    public static func publicKey(seed: [UInt8]) -> [UInt8]? { SigningKey(seed: seed)?.publicKey }

    /// Returns the signature, 64 bytes; nil unless `seed` is 32 bytes. Use `SigningKey` to sign more than once.
    public static func sign(seed: [UInt8], message: [UInt8]) -> [UInt8]? {
        SigningKey(seed: seed)?.sign(message.span.bytes)
    }

    /// Returns whether `signature` (64 bytes) is valid for `message` and `publicKey` (32 bytes); false for other
    /// lengths.
    public static func verify(publicKey: [UInt8], message: [UInt8], signature: [UInt8]) -> Bool {
        verify(publicKey: publicKey.span.bytes, message: message.span.bytes, signature: signature.span.bytes)
    }

    /// Does the same for borrowed bytes, without allocating memory.
    public static func verify(publicKey: RawSpan, message: RawSpan, signature: RawSpan) -> Bool {
        guard publicKey.byteCount == 32, signature.byteCount == 64 else { return false }
        guard signature.unsafeLoad(fromUncheckedByteOffset: 63, as: UInt8.self) & 0xe0 == 0 else { return false }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Scratch.count) { memory in
            guard let base = memory.baseAddress else { return false }
            return signature.withUnsafeBytes { signature in
                publicKey.withUnsafeBytes { key in
                    message.withUnsafeBytes { check($0, under: key, signature: signature, in: Scratch(base)) }
                }
            }
        }
    }

    /// Checks that R = S·B - k·A, with k = H(R, A, message).
    private static func check(
        _ message: UnsafeRawBufferPointer, under key: UnsafeRawBufferPointer, signature: UnsafeRawBufferPointer,
        in scratch: Scratch
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
        // This fails for a key that is not a point of the main subgroup.
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
