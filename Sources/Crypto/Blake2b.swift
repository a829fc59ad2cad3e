import CSodium

/// BLAKE2b (RFC 7693) without key, salt or personalisation.
public enum Blake2b {
    /// Returns the hash of `parts`, concatenated; nil unless `count` is 1 to 64 bytes.
    public static func hash(_ parts: [UInt8]..., count: Int) -> [UInt8]? {
        guard (1...64).contains(count) else { return nil }
        return [UInt8](unsafeUninitializedCapacity: count) { out, filled in
            guard let base = out.baseAddress else { return }
            streaming(into: base, count: count) { state in
                for part in parts { part.withUnsafeBytes { state.update($0) } }
            }
            filled = count
        }
    }

    /// Returns the 32-byte hash of the bytes that `body` adds. It allocates no memory.
    public static func digest32(_ body: (borrowing State) -> Void) -> InlineArray<32, UInt8> {
        var out = InlineArray<32, UInt8>(repeating: 0)
        fill(&out, count: 32, body)
        return out
    }
    /// Returns the 8-byte hash of the bytes that `body` adds. It allocates no memory.
    public static func digest8(_ body: (borrowing State) -> Void) -> InlineArray<8, UInt8> {
        var out = InlineArray<8, UInt8>(repeating: 0)
        fill(&out, count: 8, body)
        return out
    }
    private static func fill<T>(_ out: inout T, count: Int, _ body: (borrowing State) -> Void) {
        withUnsafeMutableBytes(of: &out) { out in
            guard let base = out.baseAddress, out.count >= count else { return }
            streaming(into: base.assumingMemoryBound(to: UInt8.self), count: count, body)
        }
    }

    /// An incremental hash. It lives on the stack of the function that provides it.
    public struct State: ~Copyable {
        let pointer: OpaquePointer
        /// Adds bytes.
        public func update(_ bytes: RawSpan) { bytes.withUnsafeBytes { update($0) } }
        func update(_ bytes: UnsafeRawBufferPointer) {
            crypto_generichash_update(
                pointer, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count))
        }
    }

    /// Writes the hash of the bytes that `body` adds to `out`. The hash has `count` bytes (1 to 64).
    static func streaming(
        into out: UnsafeMutablePointer<UInt8>, count: Int, _ body: (borrowing State) -> Void
    ) {
        _ = Sodium.isTuned
        withUnsafeTemporaryAllocation(byteCount: crypto_generichash_statebytes(), alignment: 64) { memory in
            guard let base = memory.baseAddress else { return }
            let state = State(pointer: OpaquePointer(base))
            crypto_generichash_init(state.pointer, nil, 0, count)
            body(state)
            crypto_generichash_final(state.pointer, out, count)
        }
    }
}
