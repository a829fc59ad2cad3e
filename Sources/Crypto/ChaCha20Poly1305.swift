internal import CSodium

/// Authenticated encryption (RFC 8439) with a counter as the nonce, as the Noise protocol framework defines it: four
/// zero bytes, then the counter in 64 bits, little-endian.
///
/// The caller must not use a number twice with the same key.
public struct ChaCha20Poly1305: Hashable, Sendable {
    /// The number of bytes that sealing adds.
    public static let tagSize = 16
    /// The key, 32 bytes.
    public let key: [UInt8]

    /// Creates a cipher with a key; nil unless the key is 32 bytes.
    public init?(key: [UInt8]) {
        guard key.count == 32 else { return nil }
        self.key = key
    }
    /// Appends the encrypted `bytes` and the tag. `context` is authenticated but not sent.
    public func seal(_ bytes: RawSpan, number: UInt64, context: [UInt8] = [], into out: inout [UInt8]) {
        let before = out.count
        out.append(contentsOf: repeatElement(0, count: bytes.byteCount + Self.tagSize))
        withNonce(number) { nonce in
            bytes.withUnsafeBytes { from in
                out.withUnsafeMutableBufferPointer { out in
                    guard let to = out.baseAddress else { return }
                    _ = crypto_aead_chacha20poly1305_ietf_encrypt(
                        to + before, nil, from.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt64(from.count),
                        context, UInt64(context.count), nil, nonce, key)
                }
            }
        }
    }
    /// Appends the decrypted content of `sealed`. Returns false and appends nothing if `sealed` was not sealed with
    /// this key, number and context.
    public func open(_ sealed: RawSpan, number: UInt64, context: [UInt8] = [], into out: inout [UInt8]) -> Bool {
        let count = sealed.byteCount - Self.tagSize
        guard count >= 0 else { return false }
        let before = out.count
        // One additional byte ensures that there is an address even for empty content.
        out.append(contentsOf: repeatElement(0, count: count + 1))
        let isGood = withNonce(number) { nonce in
            sealed.withUnsafeBytes { sealed in
                out.withUnsafeMutableBufferPointer { out in
                    guard let to = out.baseAddress,
                        let from = sealed.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    else { return false }
                    return crypto_aead_chacha20poly1305_ietf_decrypt(
                        to + before, nil, nil, from, UInt64(sealed.count), context, UInt64(context.count), nonce, key)
                        == 0
                }
            }
        }
        out.removeLast(isGood ? 1 : count + 1)
        return isGood
    }
    private func withNonce<R>(_ number: UInt64, _ body: (UnsafePointer<UInt8>) -> R) -> R {
        _ = Sodium.isTuned
        let nonce: (UInt32, UInt32, UInt32) = (
            0, UInt32(truncatingIfNeeded: number).littleEndian, UInt32(truncatingIfNeeded: number >> 32).littleEndian
        )
        return withUnsafePointer(to: nonce) {
            $0.withMemoryRebound(to: UInt8.self, capacity: 12) { body($0) }
        }
    }
}
