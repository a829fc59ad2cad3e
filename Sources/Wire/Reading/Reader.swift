/// The reader of the inlined operations on messages.
public typealias Decoder = Reader<Direct>

/// The only coder that reads bytes: decoder, locator and dissector differ only in their trace.
///
/// The code for each field is either small or a call, because inlined code is compiled for every field of every
/// message. Arithmetic on values from the bytes neither traps nor wraps unnoticed.
@frozen public struct Reader<T: Trace>: Coder, ~Copyable, ~Escapable {
    @inlinable @inline(__always) public static var reads: Bool { true }
    /// The maximum number of bytes, 2 GiB; more are refused, because offsets have 32 bits.
    public static var maximumCount: Int { Int(Int32.max) }
    /// The maximum nesting depth of messages; deeper ones are refused.
    public static var maximumDepth: Int { 64 }

    @usableFromInline let span: RawSpan
    @usableFromInline var limit: Int
    @usableFromInline var at = 0
    @usableFromInline var ok = true
    /// The number of additional bytes that would have taken the reader further, after a failure. 0 if more bytes do not
    /// help.
    @usableFromInline var missing = 0
    /// The number of messages around this one.
    @usableFromInline var depth = 0
    /// Protobuf: the key of the next field (0: none), its offset, the beginning of this pass, the oneof member seen.
    @usableFromInline var key: UInt32 = 0
    @usableFromInline var keyAt = 0
    @usableFromInline var pass = 0
    @usableFromInline var chosen: UInt32 = 0
    /// JSON: the end of the next member's name (-1: none); the name begins at `keyAt`.
    @usableFromInline var keyEnd = -1
    @usableFromInline var keyEscaped = false
    /// True if byte strings are copied out of the packet.
    @usableFromInline let owns: Bool
    /// True if elements of lists may keep their defaults when nothing about them can be wrong.
    @usableFromInline let checksOnly: Bool
    @usableFromInline var trace = T()

    /// Creates a reader at the beginning of `s`. With `owns`, byte strings are copied out of it. With `checksOnly`, the
    /// caller only needs to know if the bytes are valid.
    @inlinable @inline(__always) @_lifetime(copy s)
    public init(_ s: RawSpan, owns: Bool = false, checksOnly: Bool = false) {
        span = s
        limit = s.byteCount
        self.owns = owns
        self.checksOnly = checksOnly
        if limit > Self.maximumCount { ok = false }
    }
    /// Creates a reader at the beginning of `s` that borrows and continues a trace.
    @_lifetime(copy s)
    init(_ s: RawSpan, _ trace: consuming T) {
        span = s
        limit = s.byteCount
        (owns, checksOnly) = (false, false)
        self.trace = trace
        if limit > Self.maximumCount { ok = false }
    }
    /// The number of bytes up to the end of the enclosing length; meaningless after a refusal.
    @inlinable @inline(__always) public var remaining: Int { limit &- at }
    /// The hint that was given for the bytes, see `Coder.hint`.
    @inlinable @inline(__always) public var hint: UInt64 { trace.hint }
    /// Returns the checksum of a field that was read; 0 after a refusal.
    @inlinable public func checksum<K: Checksum>(_ kind: K.Type, _ bytes: Bytes) -> UInt64 {
        guard ok else { return 0 }
        return bytes.withSpan(in: span) { K.of($0) }
    }
    /// Returns the checksum of a message that was read; 0 after a refusal.
    @inlinable public func checksum<K: Checksum, M: Message>(_ kind: K.Type, of message: M) -> UInt64 {
        ok ? K.of(message.encoded(from: span).span.bytes) : 0
    }
    /// Returns the next value, or one further ahead.
    @inlinable @inline(__always)
    public func peek<V: FixedValue>(_ type: V.Type, ahead: Int) -> V? {
        guard ok, ahead >= 0, ahead <= remaining, remaining &- ahead >= V.byteCount else { return nil }
        return V.load(span, at &+ ahead, .big)
    }

    // By position

    /// Reads a number, code point or fixed byte string.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func field<V: FixedValue>(_ name: StaticString, _ value: inout V, _ encoding: Encoding) {
        if T.traces { return traceField(name, &value, encoding) }
        readField(name, &value, encoding)
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func traceField<V: FixedValue>(_ name: StaticString, _ value: inout V, _ encoding: Encoding) {
        readField(name, &value, encoding)
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func readField<V: FixedValue>(_ name: StaticString, _ value: inout V, _ encoding: Encoding) {
        let start = at
        if encoding == .varint {
            let n = varint(name)
            guard ok else { return }
            guard let v = V(varint: n) else { return tooWide(name, V.self, start, n) }
            value = v
        } else {
            guard limit &- at >= V.byteCount else { return truncated(name, V.byteCount) }
            value = V.load(span, at, encoding)
            at &+= V.byteCount
        }
        trace.leaf(name, of: V.self, at: start, content: start, end: at, number: value.number, isJSON: false)
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func tooWide<V: FixedValue>(_ name: StaticString, _: V.Type, _ start: Int, _ n: UInt64) {
        refuse(name, start, wanted: 0, had: n) { LegalValue(wanted: V.kind.description, had: String(n)) }
    }
    /// Reads a field, and refuses all values but one.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func constant<V: FixedValue>(
        _ name: StaticString, _ value: inout V, _ expected: V, as encoding: Encoding
    ) {
        field(name, &value, encoding)
        guard ok, value != expected else { return }
        let had = value
        refuse(name, -1, wanted: expected.number, had: had.number) { LegalValue(had, mustBe: expected) }
    }
    /// Reads a byte string.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func bytes<B: ByteString>(_ name: StaticString, _ value: inout B, count: Int, by: StaticString) {
        if T.traces { return traceBytes(name, &value, count: count, by: by) }
        readBytes(name, &value, count: count, by: by)
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func traceBytes<B: ByteString>(_ name: StaticString, _ value: inout B, count: Int, by: StaticString) {
        readBytes(name, &value, count: count, by: by)
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func readBytes<B: ByteString>(_ name: StaticString, _ value: inout B, count: Int, by: StaticString) {
        guard count >= 0, limit &- at >= count else { return tooShort(name, count: count, size: 1, by: by) }
        value = B(bytes: take(count))
        trace.leaf(name, of: B.self, at: at &- count, content: at &- count, end: at, number: 0, isJSON: false)
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func take(_ count: Int) -> Bytes {
        let start = at
        at &+= count
        if T.mayOwn, owns { return Bytes(copying: span, start, at) }
        return Bytes(at: start, count: count)
    }
    /// Reads values. Nothing is allocated before all bytes are there.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func list<V: FixedValue>(
        _ name: StaticString, _ values: inout [V], count: Int, by: StaticString
    ) {
        if T.traces { return traceList(name, &values, count: count, by: by) }
        readList(name, &values, count: count, by: by)
    }
    @inlinable @inline(never) @_lifetime(self: copy self)
    mutating func traceList<V: FixedValue>(_ name: StaticString, _ values: inout [V], count: Int, by: StaticString) {
        readList(name, &values, count: count, by: by)
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func readList<V: FixedValue>(_ name: StaticString, _ values: inout [V], count: Int, by: StaticString) {
        let (size, over) = count.multipliedReportingOverflow(by: V.byteCount)
        guard count >= 0, !over, limit &- at >= size else {
            return tooShort(name, count: count, size: V.byteCount, by: by)
        }
        trace.open(name, -1, at, isList: true)
        let start = at
        let s = span
        values.removeAll()
        values.append(addingCapacity: count) { out in
            for i in 0..<count { out.append(V.load(s, start &+ i &* V.byteCount, .big)) }
        }
        if T.traces, !trace.elements(count) {
            for i in values.indices {
                let here = start &+ i &* V.byteCount
                trace.element(i)
                trace.leaf(
                    "", of: V.self, at: here, content: here, end: here &+ V.byteCount, number: values[i].number,
                    isJSON: false)
            }
        }
        at = start &+ size
        trace.close(at)
    }
    /// Reads a field if it is present.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func optional<V: FixedValue>(
        _ name: StaticString, _ value: inout V?, present: Bool, _ encoding: Encoding
    ) {
        guard present else { return }
        var v = V()
        field(name, &v, encoding)
        value = v
    }

    // Computed, implied, checked

    /// Reads the value in the bytes; the auditor compares it.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func derived<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ encoding: Encoding, computed: @autoclosure () -> V
    ) {
        var v = V()
        field(name, &v, encoding)
        value.stored = v
    }
    /// Takes the value from other fields.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func implied<V: Leaf>(
        _ name: StaticString, _ value: inout V, _ seen: @autoclosure () -> V
    ) {
        value = seen()
        if ok { trace.leaf(name, of: V.self, at: at, content: at, end: at, number: value.number, isJSON: false) }
    }
    /// Keeps the text as a field without bytes of its own.
    @inlinable @_lifetime(self: copy self)
    public mutating func implied(
        _ name: StaticString, _ value: inout Text, last count: Int, maskedBy key: Fixed<4>?, from offset: Int
    ) {
        guard T.traces, ok, count >= 0, count <= at else { return }
        let mask = key.map { Mask.turned(Mask.number($0), by: offset) } ?? 0
        trace.leaf(name, of: Text.self, at: at, content: at &- count, end: at, number: UInt64(mask), isJSON: false)
    }
    /// Keeps the value as a field without bytes of its own.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func computed<V: ComputedLeaf>(
        _ name: StaticString, _ type: V.Type, last count: @autoclosure () -> Int
    ) {
        guard T.traces, ok else { return }
        let count = count()
        guard count >= 0, count <= at else { return }
        trace.computed(name, of: type, from: at &- count, to: at)
    }
    /// Refuses at the field read last if the condition is false.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func require(
        _ name: StaticString, _ good: @autoclosure () -> Bool, _ got: @autoclosure () -> UInt64
    ) {
        if ok, !good() { fail(.illegal, in: name, at: -1, wanted: 0, had: got()) }
    }
}

/// A receiver for the fields that a reader reads. `Silent` keeps next to nothing, `Tree` keeps all fields.
public protocol Trace {
    /// True if the calls below have an effect. If false, the reader also omits the code that leads to them.
    static var traces: Bool { get }
    /// True if the reader may own bytes. If false, it always borrows, and it does not record the number of missing
    /// bytes.
    static var mayOwn: Bool { get }
    init()
    /// Receives a value: the whole field is `at..<end`, the value itself begins at `content`.
    mutating func leaf<V: Leaf>(
        _ name: StaticString, of type: V.Type, at: Int, content: Int, end: Int, number: UInt64, isJSON: Bool)
    /// Receives a value that is computed from bytes.
    mutating func computed<V: ComputedLeaf>(_ name: StaticString, of type: V.Type, from: Int, to end: Int)
    /// Receives the list index of the next leaf or fault.
    mutating func element(_ index: Int)
    /// Receives the number of leaves in the list opened last. Returns true if the reader need not report each leaf.
    mutating func elements(_ count: Int) -> Bool
    /// Begins a group or list; `index` is -1 unless it is an element.
    mutating func open(_ name: StaticString, _ index: Int, _ at: Int, isList: Bool)
    /// Ends the group or list opened last.
    mutating func close(_ at: Int)
    /// Begins a length that a field claims. The following fields cannot read beyond it.
    mutating func limit(_ by: StaticString)
    /// Ends that length.
    mutating func unlimit()
    /// Receives the fault at which reading stops.
    mutating func fail(_ f: Fault)
    /// Receives a note.
    mutating func note(_ kind: Note.Kind, of name: StaticString, at: Int, end: Int)
    /// The hint for the bytes, see `Coder.hint`.
    var hint: UInt64 { get }
    /// True if a JSON member of the wrong type is noted and reading continues.
    var isLax: Bool { get }
    /// Calls the message's own walk for this trace.
    @_lifetime(r: copy r) static func walk<M: Message>(_ m: inout M, _ r: inout Reader<Self>)
}

/// The defaults: a trace that keeps nothing.
extension Trace {
    @inlinable @inline(__always) public static var traces: Bool { false }
    @inlinable @inline(__always) public static var mayOwn: Bool { false }
    @inlinable @inline(__always)
    public mutating func leaf<V: Leaf>(
        _ name: StaticString, of type: V.Type, at: Int, content: Int, end: Int, number: UInt64, isJSON: Bool
    ) {}
    @inlinable @inline(__always)
    public mutating func computed<V: ComputedLeaf>(_ name: StaticString, of type: V.Type, from: Int, to end: Int) {}
    @inlinable @inline(__always) public mutating func element(_ index: Int) {}
    @inlinable @inline(__always) public mutating func elements(_ count: Int) -> Bool { false }
    @inlinable @inline(__always)
    public mutating func open(_ name: StaticString, _ index: Int, _ at: Int, isList: Bool) {}
    @inlinable @inline(__always) public mutating func close(_ at: Int) {}
    @inlinable @inline(__always) public mutating func limit(_ by: StaticString) {}
    @inlinable @inline(__always) public mutating func unlimit() {}
    @inlinable @inline(__always) public mutating func fail(_ f: Fault) {}
    @inlinable @inline(__always)
    public mutating func note(_ kind: Note.Kind, of name: StaticString, at: Int, end: Int) {}
    @inlinable @inline(__always) public var hint: UInt64 { 0 }
    @inlinable @inline(__always) public var isLax: Bool { false }
}

/// A trace that keeps nothing and borrows. It is for binary messages, and is compiled into the caller of an inlined
/// operation.
@frozen public struct Direct: Trace {
    @inlinable @inline(__always) public init() {}
    /// Continues a message that is not binary with a `Silent` reader, whose walk is compiled in the message's module.
    @inline(never) @_lifetime(r: copy r)
    public static func walk<M: Message>(_ m: inout M, _ r: inout Reader<Direct>) {
        var s = Reader<Silent>(r.span)
        (s.at, s.limit, s.depth) = (r.at, r.limit, r.depth)
        m.decode(&s)
        (r.at, r.ok) = (s.at, s.ok)
    }
}

/// A trace that keeps only the fact that there was a note. It is compiled once for each message, in its module. A
/// caller in another module would compile it again. That module cannot see some of the functions and so calls them in
/// their generic form. The linker keeps any one of several equal symbols, so all callers could get that slow code.
@frozen public struct Silent: Trace {
    @inlinable @inline(__always) public static var mayOwn: Bool { true }
    @usableFromInline var hasNotes = false
    @inlinable @inline(__always) public init() {}
    /// Records that there was a note.
    @inlinable @inline(__always)
    public mutating func note(_ kind: Note.Kind, of name: StaticString, at: Int, end: Int) { hasNotes = true }
    @inline(never) @_semantics("optimize.sil.specialize.generic.never") @_lifetime(r: copy r)
    public static func walk<M: Message>(_ m: inout M, _ r: inout Reader<Silent>) { m.decode(&r) }
}
