/// The only coder that writes, in one pass. Bytes that do not fit into its memory are only counted.
@frozen public struct Writer: Coder, ~Copyable, ~Escapable {
    @usableFromInline let base: UnsafeMutableRawPointer
    @usableFromInline var capacity: Int
    /// The number of bytes written or, if they did not fit, counted.
    @usableFromInline var count = 0
    /// True if the writer only counts; then the written bytes must not be used.
    @usableFromInline var counts: Bool
    /// The packet that borrowed bytes belong to.
    @usableFromInline let source: RawSpan
    @usableFromInline var members = 0
    /// The offset of the protobuf message that is being written.
    @usableFromInline var begin = 0

    @_lifetime(copy source)
    init(_ base: UnsafeMutableRawPointer, _ capacity: Int, counts: Bool = false, source: RawSpan) {
        self.base = base
        self.capacity = capacity
        self.counts = counts
        self.source = source
    }
    /// Switches to counting, because there is no room. Always returns false.
    @usableFromInline @inline(never) @_lifetime(self: copy self)
    mutating func overflow() -> Bool {
        (counts, capacity) = (true, 0)
        return false
    }
    @inlinable @inline(__always) public static var reads: Bool { false }
    /// Always 0: a writer reads no bytes.
    @inlinable @inline(__always) public var remaining: Int { 0 }
    /// Returns the checksum of the bytes of a field.
    @inlinable public func checksum<K: Checksum>(_ kind: K.Type, _ bytes: Bytes) -> UInt64 {
        bytes.withSpan(in: source) { K.of($0) }
    }
    /// Returns the checksum of a message's encoding; 0 when only counting, because the size does not depend on it.
    @inlinable public func checksum<K: Checksum, M: Message>(_ kind: K.Type, of message: M) -> UInt64 {
        counts ? 0 : K.of(message.encoded(from: source).span.bytes)
    }

    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func put<V: FixedValue>(_ value: V, _ encoding: Encoding) {
        if capacity &- count >= V.byteCount || overflow() { value.store(base + count, encoding) }
        count &+= V.byteCount
    }
    @_lifetime(self: copy self)
    mutating func put(_ byte: UInt8) { put(byte, .big) }
    @_lifetime(self: copy self)
    mutating func put(_ p: UnsafeRawPointer, _ n: Int) {
        if capacity &- count >= n || overflow() { (base + count).copyMemory(from: p, byteCount: n) }
        count &+= n
    }
    @_lifetime(self: copy self)
    mutating func put(_ name: StaticString) { put(name.utf8Start, name.utf8CodeUnitCount) }
    @usableFromInline @_lifetime(self: copy self)
    mutating func put(_ b: Bytes) {
        // A caller can ask for the size without the packet.
        guard b.count > 0, !counts else {
            count &+= b.count
            return
        }
        b.withSpan(in: source) { s in s.withUnsafeBytes { if let p = $0.baseAddress { put(p, $0.count) } } }
    }
    @usableFromInline @_lifetime(self: copy self)
    mutating func varint(_ n: UInt64) {
        var n = n
        while n > 127 {
            put(UInt8(truncatingIfNeeded: n) | 128)
            n >>= 7
        }
        put(UInt8(truncatingIfNeeded: n))
    }

    // By position

    /// Writes a number, code point or fixed byte string.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func field<V: FixedValue>(_ name: StaticString, _ value: inout V, _ encoding: Encoding) {
        if encoding == .varint { varint(value.number) } else { put(value, encoding) }
    }
    /// Writes a byte; bits that do not fit are lost.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func bits(
        _ high: StaticString, _ a: inout UInt8, and low: StaticString, width: Int, _ b: inout UInt8
    ) {
        put(a << UInt8(width) | (b & ((1 << UInt8(width)) &- 1)), .big)
    }
    /// Writes bits; those that do not fit are lost.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func bits<V: FixedValue>(
        _ name: StaticString, _ value: inout V, _ range: Range<Int>, of total: Int
    ) {
        put(bits: value.number, range.lowerBound, range.upperBound, of: total)
    }
    /// Writes the stored or else the computed value, and stores it.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func bits<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ range: Range<Int>, of total: Int,
        computed: @autoclosure () -> V
    ) {
        let v = value.stored ?? computed()
        value.stored = v
        put(bits: v.number, range.lowerBound, range.upperBound, of: total)
    }
    /// Writes one part of the bits. The first part makes room for all parts.
    @usableFromInline @inline(never) @_lifetime(self: copy self)
    mutating func put(bits n: UInt64, _ first: Int, _ end: Int, of total: Int) {
        let size = total >> 3
        if first == 0 {
            if capacity &- count >= size || overflow() {
                (base + count).initializeMemory(as: UInt8.self, repeating: 0, count: size)
            }
            count &+= size
        }
        guard !counts, first >= 0, first < end, end <= total, total <= 64, count >= size else { return }
        let width = UInt64(end &- first)
        var rest = width < 64 ? n & ((1 << width) &- 1) : n
        var at = count &- 1 &- (total &- end) >> 3
        rest <<= UInt64((total &- end) & 7)
        while rest != 0 {
            base.storeBytes(
                of: base.load(fromByteOffset: at, as: UInt8.self) | UInt8(truncatingIfNeeded: rest), toByteOffset: at,
                as: UInt8.self)
            rest >>= 8
            at &-= 1
        }
    }
    /// Writes a byte string.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func bytes<B: ByteString>(_ name: StaticString, _ value: inout B, count: Int, by: StaticString) {
        put(value.bytes)
    }
    /// Writes a byte string and masks it.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func bytes<B: ByteString>(
        _ name: StaticString, _ value: inout B, count: Int, by: StaticString, maskedBy key: Fixed<4>?
    ) {
        let start = self.count
        put(value.bytes)
        if let key { mask(from: start, Mask.number(key)) }
    }
    /// Masks the bytes written from `start` on.
    @usableFromInline @_lifetime(self: copy self)
    mutating func mask(from start: Int, _ key: UInt32) {
        if !counts, key != 0, count > start {
            Mask.apply(key, from: base + start, to: base + start, count: count &- start)
        }
    }
    /// Writes values.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func list<V: FixedValue>(
        _ name: StaticString, _ values: inout [V], count: Int, by: StaticString
    ) {
        for v in values { put(v, .big) }
    }
    /// Writes messages, each padded with zeros to `stride`.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func list<M: Message>(
        _ name: StaticString, _ values: inout [M], count: Int, stride: Int, by: StaticString
    ) {
        for i in values.indices {
            let start = self.count
            message("", &values[i], length: nil, by: "")
            if stride > 0 { while self.count &- start < stride { put(0 as UInt8, .big) } }
        }
    }
    /// Writes messages.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func sequence<M: Message>(_ name: StaticString, _ values: inout [M]) {
        for i in values.indices { message("", &values[i], length: nil, by: "") }
    }
    /// Writes messages; another field writes the end.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func sequence<M: Message, E: FixedValue>(
        _ name: StaticString, _ values: inout [M], before end: E, atMost most: Int
    ) { sequence(name, &values) }
    /// Writes values; another field writes the end.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func sequence<V: FixedValue>(
        _ name: StaticString, _ values: inout [V], before end: V, atMost most: Int
    ) {
        list(name, &values, count: values.count, by: "")
    }
    /// Writes the value, if there is one.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func optional<V: FixedValue>(
        _ name: StaticString, _ value: inout V?, present: Bool, _ encoding: Encoding
    ) {
        if var v = value { field(name, &v, encoding) }
    }
    /// Writes the message, if there is one.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func optional<M: Message>(
        _ name: StaticString, _ value: inout M?, present: Bool, like: @autoclosure () -> M, length: Int?,
        by: StaticString
    ) {
        if var m = value { message(name, &m, length: nil, by: by) }
    }
    /// Writes a nested message.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func message<M: Message>(_ name: StaticString, _ value: inout M, length: Int?, by: StaticString) {
        guard M.form != .binary else { return value.code(&self) }
        let outer = begin
        begin = count
        value.write(&self)
        begin = outer
    }
    /// Writes the stored or else the computed value, and stores it.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func derived<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ encoding: Encoding, computed: @autoclosure () -> V
    ) {
        var v = value.stored ?? computed()
        value.stored = v
        field(name, &v, encoding)
    }
    /// Has no effect: the field has no bytes of its own.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func implied<V: Leaf>(
        _ name: StaticString, _ value: inout V, _ seen: @autoclosure () -> V
    ) {}
    /// Has no effect: the text is a part of another field.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func implied(
        _ name: StaticString, _ value: inout Text, last count: Int, maskedBy key: Fixed<4>?, from offset: Int
    ) {}
    /// Has no effect: illegal messages can be written, for negative tests.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func require(
        _ name: StaticString, _ good: @autoclosure () -> Bool, _ got: @autoclosure () -> UInt64
    ) {}
}
