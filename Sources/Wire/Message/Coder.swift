/// A visitor of the fields of a message: a reader, a writer, or a visitor of names and types.
///
/// No call throws. A reader remembers that it failed; after that its calls do nothing.
public protocol Coder: ~Copyable, ~Escapable {
    /// True if values come from bytes. Then a missing field need not be visited.
    static var reads: Bool { get }
    // By position

    /// Visits a number, code point or fixed byte string, or a varint.
    mutating func field<V: FixedValue>(_ name: StaticString, _ value: inout V, _ encoding: Encoding)
    /// Visits a field that must equal `expected` when it is read. A writer writes the stored value.
    mutating func constant<V: FixedValue>(_ name: StaticString, _ value: inout V, _ expected: V, as encoding: Encoding)
    /// Visits two fields in one byte; `low` has the lowest `width` bits.
    mutating func bits(
        _ high: StaticString, _ a: inout UInt8, and low: StaticString, width: Int, _ b: inout UInt8)
    /// Visits some of the bits of a field of `total` bits: 8, 16, 24, 32 or 64. Bits are numbered as RFCs draw them: 0
    /// is the highest bit of the first byte. A message makes one call for each part, from bit 0 to the last bit without
    /// a gap.
    mutating func bits<V: FixedValue>(_ name: StaticString, _ value: inout V, _ range: Range<Int>, of total: Int)
    /// Visits bits that follow from other fields. `computed` is written unless a value is stored. Bits that do not fit
    /// are lost.
    mutating func bits<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ range: Range<Int>, of total: Int,
        computed: @autoclosure () -> V)
    /// Visits a byte string. A reader reads `count` bytes, the length that the field `by` claims. A writer writes the
    /// whole value.
    mutating func bytes<B: ByteString>(_ name: StaticString, _ value: inout B, count: Int, by: StaticString)
    /// Visits a byte string that is XORed with the repeated `key` on the wire. It is shown, matched, built and kept in
    /// the clear. Without a key, or with a key of zeros, this equals the call above. A reader copies bytes that it has
    /// to unmask.
    mutating func bytes<B: ByteString>(
        _ name: StaticString, _ value: inout B, count: Int, by: StaticString, maskedBy key: Fixed<4>?)
    /// Visits `count` values; numbers have the highest byte first.
    mutating func list<V: FixedValue>(_ name: StaticString, _ values: inout [V], count: Int, by: StaticString)
    /// Visits `count` messages. If `stride` is above 0, each message takes `stride` bytes and a reader skips the
    /// surplus.
    mutating func list<M: Message>(
        _ name: StaticString, _ values: inout [M], count: Int, stride: Int, by: StaticString)
    /// Visits messages until the enclosing length ends.
    mutating func sequence<M: Message>(_ name: StaticString, _ values: inout [M])
    /// Visits messages up to the bytes of `end`, which are left to the next field. A reader refuses more than `most`
    /// messages.
    mutating func sequence<M: Message, E: FixedValue>(
        _ name: StaticString, _ values: inout [M], before end: E, atMost most: Int)
    /// Visits values, numbers highest byte first, up to one that equals `end`, which is left to the next field. A
    /// reader refuses more than `most` values.
    mutating func sequence<V: FixedValue>(
        _ name: StaticString, _ values: inout [V], before end: V, atMost most: Int)
    /// Visits a field that a reader reads if `present` is true. A writer writes the value if there is one, so that a
    /// header can lie.
    mutating func optional<V: FixedValue>(
        _ name: StaticString, _ value: inout V?, present: Bool, _ encoding: Encoding)
    /// Visits an optional message, which starts from `like`. If `length` is given, the message must fill it.
    mutating func optional<M: Message>(
        _ name: StaticString, _ value: inout M?, present: Bool, like: @autoclosure () -> M, length: Int?,
        by: StaticString)
    /// Visits a nested message. If `length` is given, the message cannot read beyond it and must fill it.
    mutating func message<M: Message>(_ name: StaticString, _ value: inout M, length: Int?, by: StaticString)
    // Computed, implied, checked
    /// Visits a length, count, checksum or flag set: `computed` is written unless a value is stored.
    mutating func derived<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ encoding: Encoding, computed: @autoclosure () -> V)
    /// Visits a number, code point or flag without bytes of its own. A reader derives it from other fields.
    mutating func implied<V: Leaf>(_ name: StaticString, _ value: inout V, _ seen: @autoclosure () -> V)
    /// Visits the last `count` bytes of the byte string before it as a text with a name of its own, without further
    /// bytes. `key` masks that byte string, in which the text begins at `offset`. A reader shows the text, but does not
    /// set `value`.
    mutating func implied(
        _ name: StaticString, _ value: inout Text, last count: Int, maskedBy key: Fixed<4>?, from offset: Int)
    /// Shows a value that is computed from the last `count` bytes. Only readers that keep fields do so.
    mutating func computed<V: ComputedLeaf>(_ name: StaticString, _ type: V.Type, last count: @autoclosure () -> Int)
    /// Checks a condition. A reader refuses the message if it is false; `got` is shown.
    mutating func require(_ name: StaticString, _ good: @autoclosure () -> Bool, _ got: @autoclosure () -> UInt64)
    /// Returns the checksum of a field's bytes; 0 if the bytes are missing.
    func checksum<K: Checksum>(_ kind: K.Type, _ bytes: Bytes) -> UInt64
    /// Returns the checksum of the encoding of a message; 0 after a reader has refused.
    func checksum<K: Checksum, M: Message>(_ kind: K.Type, of message: M) -> UInt64
    /// The number of bytes left in the enclosing length when reading; otherwise 0.
    var remaining: Int { get }
    /// Outside knowledge about bytes that do not identify themselves, such as a part of a message. The message defines
    /// the meaning. 0 if there is no hint, and always 0 when the message is not read for display.
    var hint: UInt64 { get }
    /// Returns the value that is `ahead` bytes further within the enclosing length, highest byte first, and leaves it
    /// unread. Nil if its bytes are missing, and when nothing is read.
    func peek<V: FixedValue>(_ type: V.Type, ahead: Int) -> V?
    // By number
    /// Returns what `reading` makes of a length-delimited protobuf field further ahead in the message, and leaves the
    /// field unread. This is for messages in which one field decides what another one is. Nil if the message has no
    /// field of this number or several, and when nothing is read.
    func content<R: ContentReading>(of number: UInt32, by reading: R) -> R.Result?
    /// The position among the fields, to return to later; nil when nothing is read, or when the reader keeps what it
    /// reads.
    var mark: ReaderMark? { get }
    /// Returns the reader to a marked position if it has refused since then. The result is true if it did; the caller
    /// then drops what it read since.
    mutating func goBack(to mark: ReaderMark) -> Bool
    /// Visits a protobuf field.
    mutating func tag<V: TagValue>(_ number: UInt32, _ name: StaticString, _ value: inout V?, as presence: Presence)
    /// Visits a repeated protobuf field. A reader accepts numbers in both forms. With `packed`, a writer writes all
    /// numbers in one field.
    mutating func tag<V: TagValue>(_ number: UInt32, _ name: StaticString, _ values: inout [V], packed: Bool)
    /// Visits a protobuf field that holds a message.
    mutating func tag<M: Message>(_ number: UInt32, _ name: StaticString, _ value: inout M?, as presence: Presence)
    /// Visits a repeated protobuf field of messages.
    mutating func tag<M: Message>(_ number: UInt32, _ name: StaticString, _ values: inout [M])
    // By name
    /// Visits a JSON member.
    mutating func member<V: MemberValue>(_ name: StaticString, _ value: inout V?)
    /// Visits a JSON member that holds an object.
    mutating func member<M: Message>(_ name: StaticString, _ value: inout M?)
    /// Visits a JSON member that holds a list of values. A missing list is nil. Visitors of trees show nil like an
    /// empty list.
    mutating func member<V: MemberValue>(_ name: StaticString, _ values: inout [V]?)
    /// Visits a JSON member that holds a list of objects, or of values with a message for each.
    mutating func member<M: Message>(_ name: StaticString, _ values: inout [M]?)
    /// Visits a JSON text member that must equal `expected` if it is present; nil writes the expected text.
    mutating func constant(_ name: StaticString, _ value: inout Text?, _ expected: StaticString)
    // By number or name
    /// Visits the fields and members that no other call describes, verbatim and in order. This is the last call.
    mutating func unknown(_ value: inout Unknown)
}

extension Coder where Self: ~Copyable & ~Escapable {
    @inlinable @inline(__always)
    public var hint: UInt64 { 0 }
    /// Returns nil: there are no bytes to read.
    @inlinable @inline(__always)
    public func peek<V: FixedValue>(_ type: V.Type, ahead: Int) -> V? { nil }
    /// Returns nil: there are no bytes to read.
    @inlinable @inline(__always)
    public func content<R: ContentReading>(of number: UInt32, by reading: R) -> R.Result? { nil }
    /// Has no effect: nothing is read.
    @inlinable @inline(__always)
    public mutating func computed<V: ComputedLeaf>(
        _ name: StaticString, _ type: V.Type, last count: @autoclosure () -> Int
    ) {}
    /// Nil: there are no bytes to read.
    @inlinable @inline(__always)
    public var mark: ReaderMark? { nil }
    /// Returns false: nothing was refused.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func goBack(to mark: ReaderMark) -> Bool { false }
    /// Returns the next value and leaves it unread. Nil if its bytes are missing, and when nothing is read.
    @inlinable @inline(__always)
    public func peek<V: FixedValue>(_ type: V.Type) -> V? { peek(type, ahead: 0) }
    /// Visits a number, highest byte first, or a fixed byte string.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func field<V: FixedValue>(_ name: StaticString, _ value: inout V) { field(name, &value, .big) }
    /// Visits a field that must equal `expected`, highest byte first.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func constant<V: FixedValue>(_ name: StaticString, _ value: inout V, _ expected: V) {
        constant(name, &value, expected, as: .big)
    }
    /// Visits a field and checks its value.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func constant<V: FixedValue>(
        _ name: StaticString, _ value: inout V, _ expected: V, as encoding: Encoding
    ) {
        field(name, &value, encoding)
        require(name, value == expected, value.number)
    }
    /// Visits the bytes up to the end of the enclosing length.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func rest<B: ByteString>(_ name: StaticString, _ value: inout B) {
        bytes(name, &value, count: remaining, by: "")
    }
    /// Visits `count` messages, one after the other.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func list<M: Message>(_ name: StaticString, _ values: inout [M], count: Int, by: StaticString = "")
    {
        list(name, &values, count: count, stride: 0, by: by)
    }
    /// Visits an optional field, highest byte first.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func optional<V: FixedValue>(_ name: StaticString, _ value: inout V?, present: Bool) {
        optional(name, &value, present: present, .big)
    }
    /// Visits an optional message without a length of its own.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func optional<M: Message>(
        _ name: StaticString, _ value: inout M?, present: Bool, like: @autoclosure () -> M = M()
    ) {
        optional(name, &value, present: present, like: like(), length: nil, by: "")
    }
    /// Visits a nested message that determines its own end.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func message<M: Message>(_ name: StaticString, _ value: inout M) {
        message(name, &value, length: nil, by: "")
    }
    /// Visits a derived field, highest byte first.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func derived<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ computed: @autoclosure () -> V
    ) {
        derived(name, &value, .big, computed: computed())
    }
    /// Visits a protobuf field with explicit presence.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<V: TagValue>(_ number: UInt32, _ name: StaticString, _ value: inout V?) {
        tag(number, name, &value, as: .explicit)
    }
    /// Visits a repeated protobuf field. Each value has a field of its own.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<V: TagValue>(_ number: UInt32, _ name: StaticString, _ values: inout [V]) {
        tag(number, name, &values, packed: false)
    }
    /// Visits a protobuf field with explicit presence.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<M: Message>(_ number: UInt32, _ name: StaticString, _ value: inout M?) {
        tag(number, name, &value, as: .explicit)
    }
}
