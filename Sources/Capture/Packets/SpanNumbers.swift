internal import Glibc

/// Readers of numbers in network byte order. The caller has checked that the bytes exist.
extension RawSpan {
    func byte(_ at: Int) -> UInt8 { unsafe unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self) }
    func big16(_ at: Int) -> UInt16 {
        unsafe UInt16(bigEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt16.self))
    }
    func big32(_ at: Int) -> UInt32 {
        unsafe UInt32(bigEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt32.self))
    }
    func big64(_ at: Int) -> UInt64 {
        unsafe UInt64(bigEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self))
    }
    /// Returns true if both hold the same bytes; false if their lengths differ.
    func same(as other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        return withUnsafeBytes { a in
            other.withUnsafeBytes { b in
                guard let a = a.baseAddress, let b = b.baseAddress else { return true }
                return memcmp(a, b, byteCount) == 0
            }
        }
    }
}
