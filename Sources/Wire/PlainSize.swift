/// Tells how many bytes a message takes in which any byte may stand: nothing of it is checked, computed or of a length of
/// its own. So whoever only looks whether a message is good need not read lists of such ones.
///
/// Small enough to be worked out when it is compiled.
@frozen public struct PlainSize: Coder {
    /// Bytes so far.
    @usableFromInline var count = 0
    /// Nothing but such bytes was seen.
    @usableFromInline var isPlain = true

    @inlinable @inline(__always) init() {}

    /// No: there are no bytes.
    @inlinable @inline(__always) public static var reads: Bool { false }
    /// Zero: no bytes are read.
    @inlinable @inline(__always) public var remaining: Int { 0 }
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

// What is not plain.
extension PlainSize {
    /// May be refused.
    @inlinable @inline(__always)
    public mutating func constant<V: FixedValue>(
        _ name: StaticString, _ value: inout V, _ expected: V, _ encoding: Encoding
    ) { isPlain = false }
    /// Of any length.
    @inlinable @inline(__always)
    public mutating func bytes<B: ByteString>(_ name: StaticString, _ value: inout B, count: Int, by: StaticString) {
        isPlain = false
    }
    /// Of any length.
    @inlinable @inline(__always)
    public mutating func list<V: FixedValue>(
        _ name: StaticString, _ values: inout [V], count: Int, by: StaticString
    ) { isPlain = false }
    /// Of any length.
    @inlinable @inline(__always)
    public mutating func list<M: Message>(
        _ name: StaticString, _ values: inout [M], count: Int, stride: Int, by: StaticString
    ) { isPlain = false }
    /// Of any length.
    @inlinable @inline(__always)
    public mutating func sequence<M: Message>(_ name: StaticString, _ values: inout [M]) { isPlain = false }
    /// Of any length.
    @inlinable @inline(__always)
    public mutating func sequence<M: Message, E: FixedValue>(
        _ name: StaticString, _ values: inout [M], before end: E, atMost most: Int
    ) { isPlain = false }
    /// Of any length.
    @inlinable @inline(__always)
    public mutating func sequence<V: FixedValue>(
        _ name: StaticString, _ values: inout [V], before end: V, atMost most: Int
    ) {
        isPlain = false
    }
    /// There or not.
    @inlinable @inline(__always)
    public mutating func optional<V: FixedValue>(
        _ name: StaticString, _ value: inout V?, present: Bool, _ encoding: Encoding
    ) { isPlain = false }
    /// There or not.
    @inlinable @inline(__always)
    public mutating func optional<M: Message>(
        _ name: StaticString, _ value: inout M?, present: Bool, like: @autoclosure () -> M, length: Int?,
        by: StaticString
    ) { isPlain = false }
    /// May contradict the rest.
    @inlinable @inline(__always)
    public mutating func derived<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ encoding: Encoding, _ computed: @autoclosure () -> V
    ) { isPlain = false }
    /// Told by the rest.
    @inlinable @inline(__always)
    public mutating func implied<V: Leaf>(_ name: StaticString, _ value: inout V, _ seen: @autoclosure () -> V) {
        isPlain = false
    }
    /// May be refused.
    @inlinable @inline(__always)
    public mutating func require(
        _ name: StaticString, _ good: @autoclosure () -> Bool, _ got: @autoclosure () -> UInt64
    ) { isPlain = false }
    /// Has a length of its own.
    @inlinable @inline(__always)
    public mutating func tag<V: TagValue>(
        _ number: UInt32, _ name: StaticString, _ value: inout V?, _ presence: Presence
    ) { isPlain = false }
    /// Has a length of its own.
    @inlinable @inline(__always)
    public mutating func tag<V: TagValue>(_ number: UInt32, _ name: StaticString, _ values: inout [V]) {
        isPlain = false
    }
    /// Has a length of its own.
    @inlinable @inline(__always)
    public mutating func tag<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout M?, _ presence: Presence
    ) { isPlain = false }
    /// Has a length of its own.
    @inlinable @inline(__always)
    public mutating func tag<M: Message>(_ number: UInt32, _ name: StaticString, _ values: inout [M]) {
        isPlain = false
    }
    /// Has a length of its own.
    @inlinable @inline(__always)
    public mutating func member<V: MemberValue>(_ name: StaticString, _ value: inout V?) { isPlain = false }
    /// Has a length of its own.
    @inlinable @inline(__always)
    public mutating func member<M: Message>(_ name: StaticString, _ value: inout M?) { isPlain = false }
    /// May be refused.
    @inlinable @inline(__always)
    public mutating func constant(_ name: StaticString, _ value: inout Text?, _ expected: StaticString) {
        isPlain = false
    }
    /// Has a length of its own.
    @inlinable @inline(__always)
    public mutating func unknown(_ value: inout Unknown) { isPlain = false }
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
