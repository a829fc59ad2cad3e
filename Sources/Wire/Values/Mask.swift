/// The masking of byte strings: XOR with a repeated key of four bytes (RFC 6455 section 5.3).
public enum Mask {
    /// XORs `bytes` in place. `offset` is the number of bytes of the same byte string that precede these.
    @_lifetime(bytes: copy bytes)
    public static func apply(_ key: Fixed<4>, to bytes: inout MutableRawSpan, from offset: Int = 0) {
        bytes.withUnsafeMutableBytes { b in
            if let p = b.baseAddress { apply(turned(number(key), by: offset), from: p, to: p, count: b.count) }
        }
    }
    /// Appends a copy of `bytes`, XORed. `offset` is used as for `apply`.
    public static func append(_ bytes: RawSpan, _ key: Fixed<4>, from offset: Int = 0, to out: inout [UInt8]) {
        append(bytes, turned(number(key), by: offset), to: &out)
    }
    static func append(_ bytes: RawSpan, _ key: UInt32, to out: inout [UInt8]) {
        bytes.withUnsafeBytes { from in
            out.append(addingCapacity: from.count) { to in
                to.withUnsafeMutableBufferPointer { room, count in
                    guard let p = from.baseAddress, let q = room.baseAddress else { return }
                    apply(key, from: p, to: q + count, count: from.count)
                    count += from.count
                }
            }
        }
    }
    /// Returns a copy of `bytes`, XORed.
    public static func copy(_ bytes: RawSpan, _ key: Fixed<4>) -> [UInt8] { copy(bytes, number(key)) }

    /// Returns the key as a number; the first byte of the key is its lowest byte.
    @inlinable @inline(__always)
    static func number(_ key: Fixed<4>) -> UInt32 { unsafe UInt32(littleEndian: unsafeBitCast(key, to: UInt32.self)) }

    @usableFromInline static func copy(_ bytes: RawSpan, _ key: UInt32) -> [UInt8] {
        bytes.withUnsafeBytes { from in
            [UInt8](unsafeUninitializedCapacity: from.count) { to, count in
                if let p = from.baseAddress, let q = to.baseAddress { apply(key, from: p, to: q, count: from.count) }
                count = from.count
            }
        }
    }
    /// Returns the key for bytes that follow `offset` others of the same byte string.
    @usableFromInline static func turned(_ key: UInt32, by offset: Int) -> UInt32 {
        let bits = UInt32(truncatingIfNeeded: offset & 3) &* 8
        return bits == 0 ? key : key &>> bits | key &<< (32 &- bits)
    }
    /// Copies bytes, XORed. `from` and `to` may be equal.
    static func apply(_ key: UInt32, from: UnsafeRawPointer, to: UnsafeMutableRawPointer, count: Int) {
        let wide = (UInt64(key) << 32 | UInt64(key)).littleEndian
        let block = SIMD8<UInt64>(repeating: wide)
        var i = 0
        // The compiler does not use vectors by itself if both pointers may be equal.
        while count &- i >= 64 {
            let x = from.loadUnaligned(fromByteOffset: i, as: SIMD8<UInt64>.self)
            to.storeBytes(of: x ^ block, toByteOffset: i, as: SIMD8<UInt64>.self)
            i &+= 64
        }
        while count &- i >= 8 {
            let x = from.loadUnaligned(fromByteOffset: i, as: UInt64.self)
            to.storeBytes(of: x ^ wide, toByteOffset: i, as: UInt64.self)
            i &+= 8
        }
        while i < count {
            let k = UInt8(truncatingIfNeeded: key &>> (UInt32(truncatingIfNeeded: i & 3) &* 8))
            to.storeBytes(of: from.load(fromByteOffset: i, as: UInt8.self) ^ k, toByteOffset: i, as: UInt8.self)
            i &+= 1
        }
    }
}
