/// What a quick look at a whole message tells.
public enum Inspection: Sendable {
    /// Its description refuses it (`Message.check` says why).
    case refused
    /// It is good, and `Message.dissect` has no note on it.
    case plain
    /// It is good, and there is something worth a note.
    case remarkable
}

/// Tells whether any derived field contradicts the rest of its message: the answer of an `Auditor`, without saying
/// where. All calls but those that lead to such fields are empty, so that a message without them costs nothing.
@frozen public struct Consistency: SelectiveCoder, ~Escapable {
    @usableFromInline let packet: RawSpan
    @usableFromInline var isBroken = false

    @inlinable @inline(__always) @_lifetime(copy packet)
    init(_ packet: RawSpan) { self.packet = packet }

    /// What holds no message and is not derived contradicts nothing.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func skip() {}
    /// Of the bytes as they were read.
    @inlinable public func checksum<K: Checksum>(_ kind: K.Type, _ bytes: Bytes) -> UInt64 {
        bytes.withSpan(in: packet) { K.of($0) }
    }
    /// Of the message as it is written again.
    @inlinable public func checksum<K: Checksum, M: Message>(_ kind: K.Type, of message: M) -> UInt64 {
        K.of(message.encoded(from: packet).span.bytes)
    }
    /// Compares.
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func derived<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ encoding: Encoding, _ computed: @autoclosure () -> V
    ) {
        if let stored = value.stored, stored != computed() { isBroken = true }
    }

    // What holds messages.

    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func list<M: Message>(
        _ name: StaticString, _ values: inout [M], count: Int, stride: Int, by: StaticString
    ) { each(&values) }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func sequence<M: Message>(_ name: StaticString, _ values: inout [M]) { each(&values) }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func sequence<M: Message, E: FixedValue>(
        _ name: StaticString, _ values: inout [M], before end: E, atMost most: Int
    ) { each(&values) }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func optional<M: Message>(
        _ name: StaticString, _ value: inout M?, present: Bool, like: @autoclosure () -> M, length: Int?,
        by: StaticString
    ) { maybe(&value) }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func message<M: Message>(_ name: StaticString, _ value: inout M, length: Int?, by: StaticString) {
        value.compare(&self)
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout M?, _ presence: Presence
    ) { maybe(&value) }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<M: Message>(_ number: UInt32, _ name: StaticString, _ values: inout [M]) { each(&values) }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func member<M: Message>(_ name: StaticString, _ value: inout M?) { maybe(&value) }

    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func each<M: Message>(_ values: inout [M]) {
        guard M.plainCount == 0 else { return }
        // Copies of what is looked at: the array itself is not to be made unique.
        for value in values {
            var m = value
            m.compare(&self)
        }
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    mutating func maybe<M: Message>(_ value: inout M?) {
        guard var m = value else { return }
        m.compare(&self)
    }
}
