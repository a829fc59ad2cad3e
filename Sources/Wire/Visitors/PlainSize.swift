/// A visitor that finds the size in bytes of a plain message. A message is plain if any bytes of this size are valid:
/// no field is checked, computed or of variable length. A reader that only validates can skip lists of plain messages.
///
/// It is so small that the compiler can compute the result.
@frozen public struct PlainSize: TreeCoder {
    /// The number of bytes so far.
    @usableFromInline var count = 0
    /// True if all fields so far were plain.
    @usableFromInline var isPlain = true

    @inlinable @inline(__always) init() {}

    /// Counts the bytes of a field, unless their number depends on its value.
    @inlinable @inline(__always)
    public mutating func field<V: FixedValue>(_ name: StaticString, _ value: inout V, _ encoding: Encoding) {
        if encoding == .varint { isPlain = false }
        count &+= V.byteCount
    }
    /// Counts a byte.
    @inlinable @inline(__always)
    public mutating func bits(
        _ high: StaticString, _ a: inout UInt8, and low: StaticString, width: Int, _ b: inout UInt8
    ) { count &+= 1 }
    /// Counts the bytes when their last part is visited.
    @inlinable @inline(__always)
    public mutating func bits<V: FixedValue>(
        _ name: StaticString, _ value: inout V, _ range: Range<Int>, of total: Int
    ) { if range.upperBound == total { count &+= total >> 3 } }
    /// Counts the bytes of a nested message, unless it must fill a length.
    @inlinable @inline(__always)
    public mutating func message<M: Message>(_ name: StaticString, _ value: inout M, length: Int?, by: StaticString) {
        guard length == nil, M.form == .binary else { return isPlain = false }
        value.code(&self)
    }

    // The following fields have a length of their own, or are computed, optional, or checked.

    @inlinable @inline(__always)
    public mutating func require(
        _ name: StaticString, _ good: @autoclosure () -> Bool, _ got: @autoclosure () -> UInt64
    ) { isPlain = false }
    @inlinable @inline(__always)
    public mutating func leaf<V: Leaf>(_ name: StaticString, _ value: inout V, _ layout: Layout) { isPlain = false }
    @inlinable @inline(__always)
    public mutating func maybe<V: Leaf>(_ name: StaticString, _ value: inout V?, _ layout: Layout) { isPlain = false }
    @inlinable @inline(__always)
    public mutating func leaves<V: Leaf>(_ name: StaticString, _ values: inout [V], _ layout: Layout) {
        isPlain = false
    }
    @inlinable @inline(__always)
    public mutating func computed<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ layout: Layout, as now: () -> V
    ) { isPlain = false }
    @inlinable @inline(__always)
    public mutating func group<M: Message>(_ name: StaticString, _ value: inout M) { isPlain = false }
    @inlinable @inline(__always)
    public mutating func maybe<M: Message>(_ name: StaticString, group: inout M?, like: () -> M, _ layout: Layout) {
        isPlain = false
    }
    @inlinable @inline(__always)
    public mutating func groups<M: Message>(_ name: StaticString, _ values: inout [M], _ layout: Layout) {
        isPlain = false
    }
}

extension Message {
    /// The size in bytes of a plain message; 0 if the message is not plain.
    @inlinable @inline(__always)
    static var plainCount: Int {
        guard form == .binary else { return 0 }
        var message = Self()
        var size = PlainSize()
        message.code(&size)
        return size.isPlain ? size.count : 0
    }
}
