import CSodium

/// A private key of `Ed25519Blake2b`. It is expanded once, so that a signature costs one multiplication of the base
/// point.
public struct SigningKey: Sendable {
    /// The public key, 32 bytes.
    public let publicKey: [UInt8]
    /// The reduced secret scalar, followed by the 32 bytes from which nonces are made.
    private let secret: [UInt8]

    /// Creates a key from a private key of 32 bytes; nil for any other length.
    public init?(seed: [UInt8]) {
        guard seed.count == 32 else { return nil }
        var exact = InlineArray<32, UInt8>(repeating: 0)
        for i in exact.indices { exact[i] = seed[i] }
        self.init(exact)
    }

    /// Creates a key from a private key.
    public init(_ seed: InlineArray<32, UInt8>) {
        let secret = [UInt8](unsafeUninitializedCapacity: 64) { out, filled in
            guard let base = out.baseAddress else { return }
            Blake2b.streaming(into: base, count: 64) { state in
                withUnsafeBytes(of: seed) { state.update($0) }
            }
            base[0] &= 248
            base[31] = base[31] & 127 | 64
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { wide in
                wide.initialize(repeating: 0)
                guard let low = wide.baseAddress else { return }
                low.update(from: base, count: 32)
                crypto_core_ed25519_scalar_reduce(base, low)
            }
            filled = 64
        }
        self.secret = secret
        publicKey = [UInt8](unsafeUninitializedCapacity: 32) { out, filled in
            guard let base = out.baseAddress else { return }
            // A clamped scalar is never a multiple of the group order, so this cannot fail.
            _ = crypto_scalarmult_ed25519_base_noclamp(base, secret)
            filled = 32
        }
    }

    /// Returns the signature, 64 bytes: R and S. It is always the same for the same message.
    public func sign(_ message: RawSpan) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 64) { out, filled in
            guard let r = out.baseAddress else { return }
            message.withUnsafeBytes { message in
                withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Scratch.count) { memory in
                    guard let base = memory.baseAddress else { return }
                    fill(r, message, Scratch(base))
                }
            }
            filled = 64
        }
    }

    /// Computes r = H(prefix, message), R = r·B, k = H(R, A, message), S = r + k·a.
    private func fill(
        _ out: UnsafeMutablePointer<UInt8>, _ message: UnsafeRawBufferPointer, _ scratch: Scratch
    ) {
        secret.withUnsafeBytes { secret in
            guard let a = secret.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
            Blake2b.streaming(into: scratch.wide, count: 64) { state in
                state.update(UnsafeRawBufferPointer(rebasing: secret[32...]))
                state.update(message)
            }
            crypto_core_ed25519_scalar_reduce(scratch.scalar, scratch.wide)
            _ = crypto_scalarmult_ed25519_base_noclamp(out, scratch.scalar)
            Blake2b.streaming(into: scratch.wide, count: 64) { state in
                state.update(UnsafeRawBufferPointer(start: out, count: 32))
                publicKey.withUnsafeBytes { state.update($0) }
                state.update(message)
            }
            crypto_core_ed25519_scalar_reduce(scratch.point, scratch.wide)
            crypto_core_ed25519_scalar_mul(scratch.point, scratch.point, a)
            crypto_core_ed25519_scalar_add(out + 32, scratch.scalar, scratch.point)
        }
        sodium_memzero(scratch.wide, Scratch.count)
    }
}
