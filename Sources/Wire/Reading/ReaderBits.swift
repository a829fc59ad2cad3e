// Parts of bytes, and masked bytes.
extension Reader {
    /// Reads two fields of one byte.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func bits(
        _ high: StaticString, _ a: inout UInt8, and low: StaticString, width: Int, _ b: inout UInt8
    ) {
        guard limit &- at >= 1 else { return truncated(high, 1) }
        let byte = span.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
        a = byte >> UInt8(width)
        b = byte & ((1 << UInt8(width)) &- 1)
        trace.leaf(high, of: UInt8.self, at: at, content: at, end: at &+ 1, number: UInt64(a), isJSON: false)
        trace.leaf(low, of: UInt8.self, at: at, content: at, end: at &+ 1, number: UInt64(b), isJSON: false)
        at &+= 1
    }
    /// Reads bits. After the last part, the reader advances past the bytes that contain them.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func bits<V: FixedValue>(
        _ name: StaticString, _ value: inout V, _ range: Range<Int>, of total: Int
    ) {
        if T.traces { return traceBits(name, &value, range, of: total) }
        readBits(name, &value, range, of: total)
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func traceBits<V: FixedValue>(
        _ name: StaticString, _ value: inout V, _ range: Range<Int>, of total: Int
    ) {
        readBits(name, &value, range, of: total)
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func readBits<V: FixedValue>(
        _ name: StaticString, _ value: inout V, _ range: Range<Int>, of total: Int
    ) {
        let size = total >> 3
        guard limit &- at >= size else { return truncated(name, size) }
        let n = Bits.load(span, at, range, of: total)
        let start = at &+ range.lowerBound >> 3
        guard let v = V(varint: n) else { return tooWide(name, V.self, start, n) }
        value = v
        trace.leaf(
            name, of: V.self, at: start, content: start, end: at &+ (range.upperBound &+ 7) >> 3, number: v.number,
            isJSON: false)
        if range.upperBound == total { at &+= size }
    }
    /// Reads the bits; the auditor compares them.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func bits<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ range: Range<Int>, of total: Int,
        computed: @autoclosure () -> V
    ) {
        var v = V()
        bits(name, &v, range, of: total)
        value.stored = v
    }
    /// Reads a byte string. A masked one is always copied.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func bytes<B: ByteString>(
        _ name: StaticString, _ value: inout B, count: Int, by: StaticString, maskedBy key: Fixed<4>?
    ) {
        let mask = key.map { Mask.number($0) } ?? 0
        if mask == 0 {
            bytes(name, &value, count: count, by: by)
        } else {
            readMasked(name, &value, count: count, by: by, mask: mask)
        }
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func readMasked<B: ByteString>(
        _ name: StaticString, _ value: inout B, count: Int, by: StaticString, mask: UInt32
    ) {
        guard count >= 0, limit &- at >= count else { return tooShort(name, count: count, size: 1, by: by) }
        value = B(bytes: Bytes(Mask.copy(span.extracting(at..<at &+ count), mask)))
        at &+= count
        trace.leaf(
            name, of: B.self, at: at &- count, content: at &- count, end: at, number: UInt64(mask), isJSON: false)
    }
}
