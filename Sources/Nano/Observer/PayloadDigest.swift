/// A seeded 64-bit hash of a payload. It takes 64 bytes at a time and folds the halves of products of 64 by 64 bits.
/// The seed is random, so that a sender cannot construct collisions.
struct PayloadDigest: Sendable {
    /// The instance for all connections. Its seed is drawn once.
    static let shared = PayloadDigest()
    private let seed: (UInt64, UInt64, UInt64, UInt64)
    private let key: (UInt64, UInt64)

    private init() {
        var random = SystemRandomNumberGenerator()
        seed = (random.next(), random.next(), random.next(), random.next())
        key = (random.next(), random.next())
    }
    /// Returns the hash of a payload; never 0.
    func of(_ bytes: RawSpan) -> UInt64 {
        var accumulators = seed
        let count = bytes.byteCount
        if count >= 64 {
            var at = 0
            while count &- at > 64 {
                mix(&accumulators, bytes, at)
                at &+= 64
            }
            // These are the last 64 bytes, which may overlap the previous ones.
            mix(&accumulators, bytes, count &- 64)
        } else {
            var at = 0
            while count &- at >= 8 {
                accumulators.0 = fold(word(bytes, at) ^ key.0, accumulators.0 ^ key.1)
                at &+= 8
            }
            while at < count {
                let byte = unsafe bytes.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
                accumulators.1 = fold(accumulators.1 ^ UInt64(byte), key.0)
                at &+= 1
            }
        }
        let all =
            fold(accumulators.0 ^ UInt64(count), accumulators.1 ^ key.0)
            ^ fold(accumulators.2 ^ key.1, accumulators.3 ^ key.0)
        return max(1, fold(all, key.1))
    }
    /// Mixes 64 bytes into four independent accumulators, so that the multiplications run in parallel.
    @inline(__always)
    private func mix(_ accumulators: inout (UInt64, UInt64, UInt64, UInt64), _ bytes: RawSpan, _ at: Int) {
        accumulators.0 = fold(word(bytes, at) ^ key.0, word(bytes, at &+ 8) ^ accumulators.0)
        accumulators.1 = fold(word(bytes, at &+ 16) ^ key.1, word(bytes, at &+ 24) ^ accumulators.1)
        accumulators.2 = fold(word(bytes, at &+ 32) ^ key.0, word(bytes, at &+ 40) ^ accumulators.2)
        accumulators.3 = fold(word(bytes, at &+ 48) ^ key.1, word(bytes, at &+ 56) ^ accumulators.3)
    }
    @inline(__always)
    private func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let (high, low) = a.multipliedFullWidth(by: b)
        return high ^ low
    }
    /// Returns a word without a bounds check: the callers make sure that it ends within the bytes.
    @inline(__always)
    private func word(_ bytes: RawSpan, _ at: Int) -> UInt64 {
        unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self)
    }
}
