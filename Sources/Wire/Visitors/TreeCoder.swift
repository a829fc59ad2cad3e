/// The layout of a field on the wire, for visitors that look at names and types.
public enum Layout: Hashable, Sendable {
    /// A number or byte string of fixed size, or a varint.
    case fixed(Encoding)
    /// The number of bits, in one or more bytes.
    case bits(Int)
    /// Bytes or elements, counted by another field or by the end of the message; or a nested message.
    case counted
    /// A protobuf field of this number and wire type.
    case tag(UInt32, Presence, wireType: UInt32)
    /// A JSON member.
    case member
    /// A field without bytes of its own: its value follows from other fields.
    case implied
    /// A field that can only have one value; without encoding, a JSON text member.
    case constant(Encoding?)

    /// True if the field is identified by a number or a name, so that an empty list leaves no bytes.
    var isTagged: Bool {
        switch self {
        case .tag, .member: true
        default: false
        }
    }
}

/// A coder for names, types and values, but not for bytes: seven calls instead of twenty-eight.
public protocol TreeCoder: Coder, ~Copyable, ~Escapable {
    /// Visits a value that is always there.
    mutating func leaf<V: Leaf>(_ name: StaticString, _ value: inout V, _ layout: Layout)
    /// Visits a value that may be missing.
    mutating func maybe<V: Leaf>(_ name: StaticString, _ value: inout V?, _ layout: Layout)
    /// Visits a list of values.
    mutating func leaves<V: Leaf>(_ name: StaticString, _ values: inout [V], _ layout: Layout)
    /// Visits a value that follows from others; `now` returns the correct value.
    mutating func computed<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ layout: Layout, as now: () -> V)
    /// Visits a nested message.
    mutating func group<M: Message>(_ name: StaticString, _ value: inout M)
    /// Visits a nested message that may be missing; one that is added starts from `like`.
    mutating func maybe<M: Message>(_ name: StaticString, group: inout M?, like: () -> M, _ layout: Layout)
    /// Visits a list of nested messages.
    mutating func groups<M: Message>(_ name: StaticString, _ values: inout [M], _ layout: Layout)
}

extension TreeCoder where Self: ~Copyable & ~Escapable {
    @inlinable @inline(__always) public static var reads: Bool { false }
    /// 0, because no bytes are read.
    @inlinable @inline(__always) public var remaining: Int { 0 }
    /// Returns the checksum of owned bytes; visitors that have the packet override it.
    public func checksum<K: Checksum>(_ kind: K.Type, _ bytes: Bytes) -> UInt64 {
        bytes.isBorrowed ? 0 : bytes.withSpan(in: RawSpan()) { K.of($0) }
    }
    /// Returns the checksum of a message that owns its bytes; visitors that have the packet override it.
    public func checksum<K: Checksum, M: Message>(_ kind: K.Type, of message: M) -> UInt64 {
        K.of(message.encoded().span.bytes)
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func field<V: FixedValue>(_ name: StaticString, _ value: inout V, _ encoding: Encoding) {
        leaf(name, &value, .fixed(encoding))
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func constant<V: FixedValue>(
        _ name: StaticString, _ value: inout V, _ expected: V, as encoding: Encoding
    ) {
        leaf(name, &value, .constant(encoding))
    }
    /// Visits two leaves.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func bits(
        _ high: StaticString, _ a: inout UInt8, and low: StaticString, width: Int, _ b: inout UInt8
    ) {
        leaf(high, &a, .bits(8 - width))
        leaf(low, &b, .bits(width))
    }
    /// Visits a leaf of `range.count` bits.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func bits<V: FixedValue>(
        _ name: StaticString, _ value: inout V, _ range: Range<Int>, of total: Int
    ) {
        leaf(name, &value, .bits(range.count))
    }
    /// Visits a computed value of `range.count` bits.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func bits<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ range: Range<Int>, of total: Int,
        computed now: @autoclosure () -> V
    ) {
        computed(name, &value, .bits(range.count), as: now)
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func bytes<B: ByteString>(_ name: StaticString, _ value: inout B, count: Int, by: StaticString) {
        leaf(name, &value, .counted)
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func bytes<B: ByteString>(
        _ name: StaticString, _ value: inout B, count: Int, by: StaticString, maskedBy key: Fixed<4>?
    ) {
        leaf(name, &value, .counted)
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func list<V: FixedValue>(
        _ name: StaticString, _ values: inout [V], count: Int, by: StaticString
    ) {
        leaves(name, &values, .counted)
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func list<M: Message>(
        _ name: StaticString, _ values: inout [M], count: Int, stride: Int, by: StaticString
    ) {
        groups(name, &values, .counted)
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func sequence<M: Message>(_ name: StaticString, _ values: inout [M]) {
        groups(name, &values, .counted)
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func sequence<M: Message, E: FixedValue>(
        _ name: StaticString, _ values: inout [M], before end: E, atMost most: Int
    ) { groups(name, &values, .counted) }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func sequence<V: FixedValue>(
        _ name: StaticString, _ values: inout [V], before end: V, atMost most: Int
    ) {
        leaves(name, &values, .counted)
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func optional<V: FixedValue>(
        _ name: StaticString, _ value: inout V?, present: Bool, _ encoding: Encoding
    ) {
        maybe(name, &value, .fixed(encoding))
    }
    /// Visits a group that may be missing.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func optional<M: Message>(
        _ name: StaticString, _ value: inout M?, present: Bool, like: @autoclosure () -> M, length: Int?,
        by: StaticString
    ) {
        maybe(name, group: &value, like: like, .counted)
    }
    /// Visits a group.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func message<M: Message>(_ name: StaticString, _ value: inout M, length: Int?, by: StaticString) {
        group(name, &value)
    }
    /// Visits a computed value.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func derived<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ encoding: Encoding, computed now: @autoclosure () -> V
    ) {
        computed(name, &value, .fixed(encoding), as: now)
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func implied<V: Leaf>(_ name: StaticString, _ value: inout V, _ seen: @autoclosure () -> V) {
        leaf(name, &value, .implied)
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func implied(
        _ name: StaticString, _ value: inout Text, last count: Int, maskedBy key: Fixed<4>?, from offset: Int
    ) {
        leaf(name, &value, .implied)
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func require(
        _ name: StaticString, _ good: @autoclosure () -> Bool, _ got: @autoclosure () -> UInt64
    ) {}
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<V: TagValue>(
        _ number: UInt32, _ name: StaticString, _ value: inout V?, as presence: Presence
    ) {
        maybe(name, &value, .tag(number, presence, wireType: V.wireType))
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<V: TagValue>(
        _ number: UInt32, _ name: StaticString, _ values: inout [V], packed: Bool
    ) {
        leaves(name, &values, .tag(number, .explicit, wireType: V.wireType))
    }
    /// Visits a group that may be missing.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout M?, as presence: Presence
    ) {
        maybe(name, group: &value, like: { M() }, .tag(number, presence, wireType: 2))
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<M: Message>(_ number: UInt32, _ name: StaticString, _ values: inout [M]) {
        groups(name, &values, .tag(number, .explicit, wireType: 2))
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func member<V: MemberValue>(_ name: StaticString, _ value: inout V?) {
        maybe(name, &value, .member)
    }
    /// Visits a group that may be missing.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func member<M: Message>(_ name: StaticString, _ value: inout M?) {
        maybe(name, group: &value, like: { M() }, .member)
    }
    /// Visits a list of leaves.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func member<V: MemberValue>(_ name: StaticString, _ values: inout [V]?) {
        var list = values ?? []
        leaves(name, &list, .member)
        if values != nil || !list.isEmpty { values = list }
    }
    /// Visits a list of groups.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func member<M: Message>(_ name: StaticString, _ values: inout [M]?) {
        var list = values ?? []
        groups(name, &list, .member)
        if values != nil || !list.isEmpty { values = list }
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func constant(_ name: StaticString, _ value: inout Text?, _ expected: StaticString) {
        maybe(name, &value, .constant(nil))
    }
    /// Visits a list of leaves called `unknown`.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func unknown(_ value: inout Unknown) {
        var items = value.items
        leaves("unknown", &items, .member)
        value.items = items
    }
}
