/// Tells how many bytes a message takes in which any byte may stand: nothing of it is checked, computed or of a length
/// of its own. So whoever only looks whether a message is good need not read lists of such ones.
///
/// Small enough to be worked out when it is compiled.
@frozen public struct PlainSize: SelectiveCoder {
    /// Bytes so far.
    @usableFromInline var count = 0
    /// Nothing but such bytes was seen.
    @usableFromInline var isPlain = true

    @inlinable @inline(__always) init() {}

    /// Of a length of its own, computed, optional, or checked.
    @inlinable @inline(__always) public mutating func skip() { isPlain = false }
    /// Zero, and no plain byte.
    @inlinable @inline(__always)
    public func checksum<K: Checksum>(_ kind: K.Type, _ bytes: Bytes) -> UInt64 { 0 }
    /// Zero, and no plain byte.
    @inlinable @inline(__always)
    public func checksum<K: Checksum, M: Message>(_ kind: K.Type, of message: M) -> UInt64 { 0 }

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
    /// Counts its bytes, unless it must fill a length.
    @inlinable @inline(__always)
    public mutating func message<M: Message>(_ name: StaticString, _ value: inout M, length: Int?, by: StaticString) {
        guard length == nil, M.form == .binary else { return isPlain = false }
        value.code(&self)
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
