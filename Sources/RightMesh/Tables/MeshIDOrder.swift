import Wire

extension MeshID {
    /// Returns true if the id precedes another in lists, which are sorted by the bytes of the ids.
    func precedes(_ other: Self) -> Bool {
        let (a, b) = (words, other.words)
        return a.0 != b.0 ? a.0 < b.0 : a.1 != b.1 ? a.1 < b.1 : a.2 < b.2
    }
    /// The bytes as numbers, highest first.
    @inline(__always)
    var words: (UInt64, UInt64, UInt32) {
        withUnsafeBytes(of: self) {
            (
                UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                UInt32(bigEndian: $0.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
            )
        }
    }
}
