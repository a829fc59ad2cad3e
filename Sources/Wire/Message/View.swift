/// A message together with the packet that its byte strings are borrowed from. Cannot outlive the packet.
@frozen public struct View<M: Message>: ~Escapable {
    /// The message; its byte strings can be read while the view is there.
    public let message: M
    /// What it was read from.
    public let packet: RawSpan
    @inlinable @inline(__always) @_lifetime(copy packet)
    init(_ message: M, _ packet: RawSpan) {
        self.message = message
        self.packet = packet
    }
    /// The bytes that a field stands for.
    @inlinable public func read<R>(_ b: Bytes, _ body: (RawSpan) throws -> R) rethrows -> R {
        try b.withSpan(in: packet, body)
    }
    /// The text of a field.
    @inlinable public func string(_ t: Text) -> String { t.string(in: packet) }
}
