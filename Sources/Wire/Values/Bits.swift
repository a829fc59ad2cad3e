/// Bits of one to eight bytes, numbered as RFCs draw them: 0 is the highest bit of the first byte.
@usableFromInline enum Bits {
    /// Returns the bits in `range` of the `total` bits that begin at an offset. The caller has checked that their bytes
    /// are there.
    @inlinable @inline(__always)
    static func load(_ s: RawSpan, _ at: Int, _ range: Range<Int>, of total: Int) -> UInt64 {
        let all: UInt64 =
            switch total {
            case 8: UInt64(s.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self))
            case 16: UInt64(UInt16.load(s, at, .big))
            case 32: UInt64(UInt32.load(s, at, .big))
            case 64: UInt64.load(s, at, .big)
            default: load(s, at, bytes: total >> 3)
            }
        let width = UInt64(truncatingIfNeeded: range.count)
        return all &>> UInt64(truncatingIfNeeded: total &- range.upperBound) & (width < 64 ? (1 &<< width) &- 1 : .max)
    }
    @usableFromInline @inline(never)
    static func load(_ s: RawSpan, _ at: Int, bytes: Int) -> UInt64 {
        var all: UInt64 = 0
        for i in 0..<bytes { all = all << 8 | UInt64(s.unsafeLoad(fromUncheckedByteOffset: at &+ i, as: UInt8.self)) }
        return all
    }
}
