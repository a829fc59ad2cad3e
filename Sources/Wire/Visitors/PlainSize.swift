/// The size in bytes of a message that any bytes of this size are: no field is checked, computed or of variable length.
/// A reader that only validates can skip lists of such messages.
///
/// Small enough to be worked out when it is compiled.
@frozen public struct PlainSize: TreeCoder {
    /// Bytes so far.
    @usableFromInline var count = 0
    /// No other field was met so far.
    @usableFromInline var isPlain = true

    @inlinable @inline(__always) init() {}

    /// Counts its bytes, unless their number depends on its value.
    @inlinable @inline(__always)
    public mutating func field<V: FixedValue>(_ name: StaticString, _ value: inout V, _ encoding: Encoding) {
        if encoding == .varint { isPlain = false }
        count &+= V.byteCount
    }
    /// A byte.
    @inlinable @inline(__always)
    public mutating func bits(
        _ high: StaticString, _ a: inout UInt8, _ low: StaticString, width: Int, _ b: inout UInt8
    ) { count &+= 1 }
    /// Counts the bytes with their last part.
    @inlinable @inline(__always)
    public mutating func bits<V: FixedValue>(
        _ name: StaticString, _ value: inout V, _ range: Range<Int>, of total: Int
    ) { if range.upperBound == total { count &+= total >> 3 } }
    /// Counts its bytes, unless it must fill a length.
    @inlinable @inline(__always)
    public mutating func message<M: Message>(_ name: StaticString, _ value: inout M, length: Int?, by: StaticString) {
        guard length == nil, M.form == .binary else { return isPlain = false }
        value.code(&self)
    }

    // Of a length of its own, computed, optional, or checked.

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
        _ name: StaticString, _ value: inout Derived<V>, _ layout: Layout, _ now: () -> V
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
    /// How many bytes it takes when any byte may stand in it; 0 when there is more to it.
    @inlinable @inline(__always)
    static var plainCount: Int {
        guard form == .binary else { return 0 }
        var message = Self()
        var size = PlainSize()
        message.code(&size)
        return size.isPlain ? size.count : 0
    }
}
