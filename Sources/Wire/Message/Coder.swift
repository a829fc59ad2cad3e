/// A visitor of the fields of a message: a reader, a writer, or anything that works on names and types.
///
/// No call throws. A reader remembers that it failed; after that its calls do nothing.
public protocol Coder: ~Copyable, ~Escapable {
    /// Whether values come from bytes: then what is not there need not be looked at.
    static var reads: Bool { get }
    // By position

    /// A number, code point or fixed byte string, or a varint.
    mutating func field<V: FixedValue>(_ name: StaticString, _ value: inout V, _ encoding: Encoding)
    /// A field that must be this when read; what is stored is what is written.
    mutating func constant<V: FixedValue>(_ name: StaticString, _ value: inout V, _ expected: V, _ encoding: Encoding)
    /// Two fields in one byte; `low` has the lowest `width` bits.
    mutating func bits(
        _ high: StaticString, _ a: inout UInt8, _ low: StaticString, width: Int, _ b: inout UInt8)
    /// Bits of `total`: 8, 16, 24, 32 or 64. They are numbered as RFCs draw them, 0 is the highest bit of the first byte.
    /// A call for each part, from bit 0 to the last without a gap.
    mutating func bits<V: FixedValue>(_ name: StaticString, _ value: inout V, _ range: Range<Int>, of total: Int)
    /// The same of what follows from other fields: `computed` is written unless something is stored; bits that do not
    /// fit are lost.
    mutating func bits<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ range: Range<Int>, of total: Int,
        _ computed: @autoclosure () -> V)
    /// A byte string of `count` bytes, which the field `by` claimed; writing goes by the value.
    mutating func bytes<B: ByteString>(_ name: StaticString, _ value: inout B, count: Int, by: StaticString)
    /// A byte string that stands on the wire XORed with `key`, over and over; shown, matched, built and kept in the
    /// clear. Without a key, or with zeros, the same as above. A reader copies what it has to unmask.
    mutating func bytes<B: ByteString>(
        _ name: StaticString, _ value: inout B, count: Int, by: StaticString, maskedBy key: Fixed<4>?)
    /// `count` values, numbers highest byte first.
    mutating func list<V: FixedValue>(_ name: StaticString, _ values: inout [V], count: Int, by: StaticString)
    /// `count` messages; with a `stride` above 0, each in so many bytes, the surplus skipped.
    mutating func list<M: Message>(
        _ name: StaticString, _ values: inout [M], count: Int, stride: Int, by: StaticString)
    /// Messages until the enclosing length ends.
    mutating func sequence<M: Message>(_ name: StaticString, _ values: inout [M])
    /// Messages up to where the bytes of `end` stand; those are left to the field behind. More than `most` are refused.
    mutating func sequence<M: Message, E: FixedValue>(
        _ name: StaticString, _ values: inout [M], before end: E, atMost most: Int)
    /// Values, numbers highest byte first, up to one that is `end`; that is left to the field behind. More than `most`
    /// are refused.
    mutating func sequence<V: FixedValue>(
        _ name: StaticString, _ values: inout [V], before end: V, atMost most: Int)
    /// A field that is there when `present`; writing goes by the value, so that a header can lie.
    mutating func optional<V: FixedValue>(
        _ name: StaticString, _ value: inout V?, present: Bool, _ encoding: Encoding)
    /// The same for a message, which starts from `like`; with `length` it must fill that.
    mutating func optional<M: Message>(
        _ name: StaticString, _ value: inout M?, present: Bool, like: @autoclosure () -> M, length: Int?,
        by: StaticString)
    /// A nested message; with `length` it cannot see beyond that and must fill it.
    mutating func message<M: Message>(_ name: StaticString, _ value: inout M, length: Int?, by: StaticString)
    // Computed, implied, checked
    /// A length, count, checksum or flag set: `computed` is written unless something is stored.
    mutating func derived<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ encoding: Encoding, _ computed: @autoclosure () -> V)
    /// A number, code point or flag without bytes: other fields tell it.
    mutating func implied<V: Leaf>(_ name: StaticString, _ value: inout V, _ seen: @autoclosure () -> V)
    /// Refuses when read; `got` is shown.
    mutating func require(_ name: StaticString, _ good: @autoclosure () -> Bool, _ got: @autoclosure () -> UInt64)
    /// Of the bytes of a field; 0 while there are none.
    func checksum<K: Checksum>(_ kind: K.Type, _ bytes: Bytes) -> UInt64
    /// Of the encoding of a message; 0 once a reader has refused.
    func checksum<K: Checksum, M: Message>(_ kind: K.Type, of message: M) -> UInt64
    /// Bytes left of the enclosing length when reading; else 0.
    var remaining: Int { get }
    /// What is known from elsewhere of bytes that do not say themselves what they are, such as a part of a message; the
    /// message defines its meaning. 0 for none, and always when not read for display.
    var hint: UInt64 { get }
    /// What stands so many bytes ahead within the enclosing length, highest byte first, left where it is; nil when its
    /// bytes are not there, and when nothing is read.
    func peek<V: FixedValue>(_ type: V.Type, ahead: Int) -> V?
    // By number
    /// What a length-delimited protobuf field holds that the message has ahead, left where it is: for messages of which
    /// one field says what another one is. Nil when there is none of this number or several, and when nothing is read.
    func content<R: ContentReading>(of number: UInt32, by reading: R) -> R.Result?
    /// Where it stands among the fields, to go back to; nil when nothing is read, or what is read is kept.
    var mark: ReaderMark? { get }
    /// Goes back to where it stood if it refused since, and says whether it did. What was read since is then to be dropped.
    mutating func goBack(to mark: ReaderMark) -> Bool
    /// A protobuf field.
    mutating func tag<V: TagValue>(_ number: UInt32, _ name: StaticString, _ value: inout V?, _ presence: Presence)
    /// A repeated protobuf field. Numbers are read in both forms; `packed`: they are written in one field.
    mutating func tag<V: TagValue>(_ number: UInt32, _ name: StaticString, _ values: inout [V], packed: Bool)
    /// A protobuf field that holds a message.
    mutating func tag<M: Message>(_ number: UInt32, _ name: StaticString, _ value: inout M?, _ presence: Presence)
    /// A repeated protobuf field of messages.
    mutating func tag<M: Message>(_ number: UInt32, _ name: StaticString, _ values: inout [M])
    // By name
    /// A JSON member.
    mutating func member<V: MemberValue>(_ name: StaticString, _ value: inout V?)
    /// A JSON member that holds an object.
    mutating func member<M: Message>(_ name: StaticString, _ value: inout M?)
    /// A JSON member that holds a list of values. An absent one is nil, which visitors of trees show as they show an
    /// empty one.
    mutating func member<V: MemberValue>(_ name: StaticString, _ values: inout [V]?)
    /// A JSON member that holds a list of objects, or of values with a message for each.
    mutating func member<M: Message>(_ name: StaticString, _ values: inout [M]?)
    /// A JSON text member that must be this when it is there; nil writes it.
    mutating func constant(_ name: StaticString, _ value: inout Text?, _ expected: StaticString)
    // By number or name
    /// Fields and members that no other call describes, verbatim and in order; the last call.
    mutating func unknown(_ value: inout Unknown)
}

extension Coder where Self: ~Copyable & ~Escapable {
    @inlinable @inline(__always)
    public var hint: UInt64 { 0 }
    /// Always nil: there are no bytes to read.
    @inlinable @inline(__always)
    public func peek<V: FixedValue>(_ type: V.Type, ahead: Int) -> V? { nil }
    /// Always nil: there are no bytes to read.
    @inlinable @inline(__always)
    public func content<R: ContentReading>(of number: UInt32, by reading: R) -> R.Result? { nil }
    /// Always nil: there are no bytes to read.
    @inlinable @inline(__always)
    public var mark: ReaderMark? { nil }
    /// Always false: nothing was refused.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func goBack(to mark: ReaderMark) -> Bool { false }
    /// The next value, left where it is; nil when its bytes are not there, and when nothing is read.
    @inlinable @inline(__always)
    public func peek<V: FixedValue>(_ type: V.Type) -> V? { peek(type, ahead: 0) }
    /// A number highest byte first, or a fixed byte string.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func field<V: FixedValue>(_ name: StaticString, _ value: inout V) { field(name, &value, .big) }
    /// The same, highest byte first.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func constant<V: FixedValue>(_ name: StaticString, _ value: inout V, _ expected: V) {
        constant(name, &value, expected, .big)
    }
    /// A field, and a check.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func constant<V: FixedValue>(
        _ name: StaticString, _ value: inout V, _ expected: V, _ encoding: Encoding
    ) {
        field(name, &value, encoding)
        require(name, value == expected, value.number)
    }
    /// Everything up to the end of the enclosing length.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func rest<B: ByteString>(_ name: StaticString, _ value: inout B) {
        bytes(name, &value, count: remaining, by: "")
    }
    /// `count` messages one after the other.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func list<M: Message>(_ name: StaticString, _ values: inout [M], count: Int, by: StaticString = "")
    {
        list(name, &values, count: count, stride: 0, by: by)
    }
    /// The same, highest byte first.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func optional<V: FixedValue>(_ name: StaticString, _ value: inout V?, present: Bool) {
        optional(name, &value, present: present, .big)
    }
    /// The same for a message without a length of its own.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func optional<M: Message>(
        _ name: StaticString, _ value: inout M?, present: Bool, like: @autoclosure () -> M = M()
    ) {
        optional(name, &value, present: present, like: like(), length: nil, by: "")
    }
    /// A nested message that knows its end.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func message<M: Message>(_ name: StaticString, _ value: inout M) {
        message(name, &value, length: nil, by: "")
    }
    /// The same, highest byte first.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func derived<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ computed: @autoclosure () -> V
    ) {
        derived(name, &value, .big, computed())
    }
    /// A protobuf field with explicit presence.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<V: TagValue>(_ number: UInt32, _ name: StaticString, _ value: inout V?) {
        tag(number, name, &value, .explicit)
    }
    /// A repeated protobuf field, each value in a field of its own.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<V: TagValue>(_ number: UInt32, _ name: StaticString, _ values: inout [V]) {
        tag(number, name, &values, packed: false)
    }
    /// A protobuf field with explicit presence.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<M: Message>(_ number: UInt32, _ name: StaticString, _ value: inout M?) {
        tag(number, name, &value, .explicit)
    }
}
