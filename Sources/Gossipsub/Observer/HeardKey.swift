import Wire

/// A topic or the id of a message, represented by a hash of its bytes. Values that are only compared need not be kept.
struct HeardKey: Hashable {
    private let hash: Int

    /// Hashes the bytes of one field, followed by the bytes of another.
    init(_ first: Bytes?, _ second: Bytes? = nil, in bytes: RawSpan) {
        var hasher = Hasher()
        first?.withSpan(in: bytes) { span in span.withUnsafeBytes { hasher.combine(bytes: $0) } }
        second?.withSpan(in: bytes) { span in span.withUnsafeBytes { hasher.combine(bytes: $0) } }
        hash = hasher.finalize()
    }
    private init(_ hash: Int) { self.hash = hash }
    /// The low 32 bits of the hash.
    var short: UInt32 { UInt32(truncatingIfNeeded: hash) }
    /// Returns the hash of this key and a number.
    func with(_ number: UInt64) -> HeardKey {
        var hasher = Hasher()
        hasher.combine(hash)
        hasher.combine(number)
        return HeardKey(hasher.finalize())
    }
}
