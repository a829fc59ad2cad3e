/// A field that follows from others: a length, a count, a checksum, flag bits.
///
/// Unset, it is computed when encoded. Set, by decoding or by a negative test, it is written as it is.
@frozen public struct Derived<V: FixedValue>: Hashable, Sendable {
    /// What was read, or is to be written whatever the rest of the message says. Nil it after editing what was read.
    public var stored: V?
    /// Computed, or a value that is to be written as it stands.
    @inlinable @inline(__always) public init(_ value: V? = nil) { stored = value }
    /// What stands on the wire; zero while unset.
    @inlinable @inline(__always) public var value: V { stored ?? V() }
}

extension Derived where V: FixedWidthInteger {
    /// As a number of things or bytes; never negative, never overflowing.
    @inlinable @inline(__always) public var count: Int { Int(clamping: value) }
}
