internal import CSodium

/// Authenticated encryption (RFC 8439) with a counter for a nonce, as the Noise protocol framework has it: four zero
/// bytes, then 64 bits, the lowest byte first.
///
/// Whoever uses it sees to it that no number is used twice under one key.
public struct ChaCha20Poly1305: Hashable, Sendable {
    /// Bytes by which what is sealed is longer.
    public static let tagSize = 16
    /// 32 bytes.
    public let key: [UInt8]

    /// Under a key; nil unless it is 32 bytes.
    public init?(key: [UInt8]) {
        guard key.count == 32 else { return nil }
        self.key = key
    }
    /// Appends `bytes` sealed, and the tag. `context` is authenticated and not sent.
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
    /// Appends what `sealed` holds. False: it is not what was sealed with this key, number and context; nothing is appended.
    public func open(_ sealed: RawSpan, number: UInt64, context: [UInt8] = [], into out: inout [UInt8]) -> Bool {
        let count = sealed.byteCount - Self.tagSize
        guard count >= 0 else { return false }
        let before = out.count
        // One more, so that there is an address for nothing as well.
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
