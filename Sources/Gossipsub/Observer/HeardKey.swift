import Wire

/// A topic or the id of a message, by a hash of its bytes: what is only compared need not be kept.
struct HeardKey: Hashable {
    private let hash: Int

    /// Of bytes, and others behind them.
    init(_ first: Bytes?, _ second: Bytes? = nil, in bytes: RawSpan) {
        var hasher = Hasher()
        first?.withSpan(in: bytes) { span in span.withUnsafeBytes { hasher.combine(bytes: $0) } }
        second?.withSpan(in: bytes) { span in span.withUnsafeBytes { hasher.combine(bytes: $0) } }
        hash = hasher.finalize()
    }
    private init(_ hash: Int) { self.hash = hash }
    /// Some bits of it.
    var short: UInt32 { UInt32(truncatingIfNeeded: hash) }
    /// Of these bytes and a number.
    func with(_ number: UInt64) -> HeardKey {
        var hasher = Hasher()
        hasher.combine(hash)
        hasher.combine(number)
        return HeardKey(hasher.finalize())
    }
}
