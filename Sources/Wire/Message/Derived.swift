/// A field that follows from others: a length, a count, a checksum, flag bits.
///
/// If it is unset, it is computed when encoded. If it is set, by decoding or by a negative test, it is written
/// unchanged.
@frozen public struct Derived<V: FixedValue>: Hashable, Sendable {
    /// The value that was read, or that is written regardless of the rest of the message. Set it to nil after you edit
    /// a message that was read.
    public var stored: V?
    /// Creates a field that is computed, or that is written as `value`.
    @inlinable @inline(__always) public init(_ value: V? = nil) { stored = value }
    /// The value on the wire; zero while unset.
    @inlinable @inline(__always) public var value: V { stored ?? V() }
}

extension Derived where V: FixedWidthInteger {
    /// The value as a number of things or bytes; never negative, never overflowing.
    @inlinable @inline(__always) public var count: Int { Int(clamping: value) }
}
