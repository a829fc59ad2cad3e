internal import CSodium

/// SHA-256 (FIPS 180-4).
public enum SHA256 {
    /// Returns the hash, 32 bytes.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { out, filled in
            guard let base = out.baseAddress else { return }
            _ = Sodium.isTuned
            bytes.withUnsafeBufferPointer { _ = crypto_hash_sha256(base, $0.baseAddress, UInt64($0.count)) }
            filled = 32
        }
    }
}
