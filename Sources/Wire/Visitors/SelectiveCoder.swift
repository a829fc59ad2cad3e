/// A visitor to which few kinds of fields matter: each call that it does not implement itself becomes `skip`.
public protocol SelectiveCoder: Coder, ~Copyable, ~Escapable {
    /// A field of a kind that the visitor does not implement.
    @_lifetime(self: copy self) mutating func skip()
}

extension SelectiveCoder where Self: ~Copyable & ~Escapable {
    @inlinable @inline(__always) public static var reads: Bool { false }
    @inlinable @inline(__always) public var remaining: Int { 0 }

    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func field<V: FixedValue>(_ name: StaticString, _ value: inout V, _ encoding: Encoding) { skip() }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func constant<V: FixedValue>(
        _ name: StaticString, _ value: inout V, _ expected: V, _ encoding: Encoding
    ) { skip() }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func bits(
        _ high: StaticString, _ a: inout UInt8, _ low: StaticString, width: Int, _ b: inout UInt8
    ) { skip() }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func bytes<B: ByteString>(_ name: StaticString, _ value: inout B, count: Int, by: StaticString) {
        skip()
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func list<V: FixedValue>(
        _ name: StaticString, _ values: inout [V], count: Int, by: StaticString
    ) { skip() }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func list<M: Message>(
        _ name: StaticString, _ values: inout [M], count: Int, stride: Int, by: StaticString
    ) { skip() }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func sequence<M: Message>(_ name: StaticString, _ values: inout [M]) { skip() }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func sequence<M: Message, E: FixedValue>(
        _ name: StaticString, _ values: inout [M], before end: E, atMost most: Int
    ) { skip() }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func sequence<V: FixedValue>(
        _ name: StaticString, _ values: inout [V], before end: V, atMost most: Int
    ) { skip() }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func optional<V: FixedValue>(
        _ name: StaticString, _ value: inout V?, present: Bool, _ encoding: Encoding
    ) { skip() }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func optional<M: Message>(
        _ name: StaticString, _ value: inout M?, present: Bool, like: @autoclosure () -> M, length: Int?,
        by: StaticString
    ) { skip() }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func derived<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ encoding: Encoding, _ computed: @autoclosure () -> V
    ) { skip() }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func implied<V: Leaf>(_ name: StaticString, _ value: inout V, _ seen: @autoclosure () -> V) {
        skip()
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func require(
        _ name: StaticString, _ good: @autoclosure () -> Bool, _ got: @autoclosure () -> UInt64
    ) { skip() }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<V: TagValue>(
        _ number: UInt32, _ name: StaticString, _ value: inout V?, _ presence: Presence
    ) { skip() }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<V: TagValue>(_ number: UInt32, _ name: StaticString, _ values: inout [V]) { skip() }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout M?, _ presence: Presence
    ) { skip() }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<M: Message>(_ number: UInt32, _ name: StaticString, _ values: inout [M]) { skip() }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func member<V: MemberValue>(_ name: StaticString, _ value: inout V?) { skip() }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func member<M: Message>(_ name: StaticString, _ value: inout M?) { skip() }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func constant(_ name: StaticString, _ value: inout Text?, _ expected: StaticString) { skip() }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func unknown(_ value: inout Unknown) { skip() }
}
