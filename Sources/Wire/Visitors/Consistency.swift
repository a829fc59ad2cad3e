/// The result of `Message.inspect`.
public enum Inspection: Sendable {
    /// The description refuses the message; `Message.check` returns the reason.
    case refused
    /// The message is valid, and `Message.dissect` has no note on it.
    case plain
    /// There is something to note. The message is valid, except for JSON members of the wrong type, if any.
    case remarkable
}

/// A visitor that finds out if a derived field contradicts the rest of its message. It has the result of an `Auditor`
/// without the place. All calls except those that lead to such fields are empty, so a message without them costs
/// nothing.
@frozen public struct Consistency: TreeCoder, ~Escapable {
    @usableFromInline let packet: RawSpan
    @usableFromInline var isBroken = false

    @inlinable @inline(__always) @_lifetime(copy packet)
    init(_ packet: RawSpan) { self.packet = packet }

    /// Returns the checksum of the bytes as they were read.
    @inlinable public func checksum<K: Checksum>(_ kind: K.Type, _ bytes: Bytes) -> UInt64 {
        bytes.withSpan(in: packet) { K.of($0) }
    }
    /// Returns the checksum of the message as it would be written again.
    @inlinable public func checksum<K: Checksum, M: Message>(_ kind: K.Type, of message: M) -> UInt64 {
        K.of(message.encoded(from: packet).span.bytes)
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func leaf<V: Leaf>(_ name: StaticString, _ value: inout V, _ layout: Layout) {}
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func maybe<V: Leaf>(_ name: StaticString, _ value: inout V?, _ layout: Layout) {}
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func leaves<V: Leaf>(_ name: StaticString, _ values: inout [V], _ layout: Layout) {}
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func computed<V: FixedValue>(
        _ name: StaticString, _ value: inout Derived<V>, _ layout: Layout, as now: () -> V
    ) {
        if let stored = value.stored, stored != now() { isBroken = true }
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func tag<V: TagValue>(
        _ number: UInt32, _ name: StaticString, _ value: inout V?, as presence: Presence
    ) {}
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func unknown(_ value: inout Unknown) {}
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func group<M: Message>(_ name: StaticString, _ value: inout M) { value.compare(&self) }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func maybe<M: Message>(_ name: StaticString, group: inout M?, like: () -> M, _ layout: Layout) {
        guard var m = group else { return }
        m.compare(&self)
    }
    @inlinable @inline(__always) @_lifetime(self: copy self)
    public mutating func groups<M: Message>(_ name: StaticString, _ values: inout [M], _ layout: Layout) {
        guard M.plainCount == 0 else { return }
        // The loop looks at copies, so that the array itself need not be made unique.
        for value in values {
            var m = value
            m.compare(&self)
        }
    }
}
