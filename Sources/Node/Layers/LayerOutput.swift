public import Wire

/// The content of messages of a layer, in order. One value is used repeatedly, so that its memory is kept between
/// messages.
public struct LayerOutput: Sendable {
    /// A part of the content of a message, or an event in it.
    public enum Item: Equatable, Sendable {
        /// A channel begins, opened by this side. `speaks` is the negotiated text, if there is one, in the form that
        /// `LayerStack.resolve` takes.
        case begins(ChannelID, by: Opener, speaks: String?)
        /// Bytes that are in the message unchanged: lent, not copied. The range is a range of the message.
        case lent(ChannelID, Range<Int>)
        /// Bytes that the layer computed from one or more messages: decrypted, inflated, unmasked, joined. The range is
        /// a range of `made`; it is empty if more messages are needed before there is a byte. `unit` is the range of
        /// the message from which they were computed.
        case made(ChannelID, Range<Int>, unit: Range<Int>)
        /// The bytes of this channel since its last message are a message, which may be empty. `kind` is a number of
        /// the layer for the message, such as the opcode of WebSocket; 0 if the layer has none.
        case whole(ChannelID, kind: UInt8)
        /// The bytes of this channel since its last message are not a message: the rest of it will not arrive. `error`
        /// is the reason if the layer's message cannot yield one. This is rare, and kept apart so that other items stay
        /// small.
        indirect case drops(ChannelID, WireError? = nil)
        /// Bytes of this channel, from the sender of the message, precede what follows but could not be read.
        case misses(ChannelID)
        /// A channel ends for this side. If `isReset` is true, it was aborted, and later bytes may be missing.
        case ends(ChannelID, by: Opener, isReset: Bool = false)
        /// Both sides use another protocol on the same stream from here on; bytes after the message belong to it. The
        /// text is empty for an unknown protocol.
        case becomes(String)
    }
    /// The items, in order.
    public private(set) var items: [Item] = []
    /// The computed bytes, which items refer to by ranges.
    public var made: [UInt8] = []
    /// True if the content is read, which is decided when a channel begins. If it is not read, a layer may leave out
    /// bytes and messages. It still reports the channels that begin and end.
    public var isRead = true
    /// A remark about the stream for people, such as why none of it is read: one line.
    public var remark: String?
    /// The maximum capacity that `made` keeps when it is cleared: 1 MiB.
    public static let keptCapacity = 1 << 20

    /// True if the content of the message is encrypted and cannot be read.
    public var isSealed = false
    /// Creates an output without items.
    public init() {}
    public mutating func append(_ item: Item) { items.append(item) }
    /// Removes items and bytes and keeps the memory, up to `keptCapacity`.
    public mutating func clear() {
        (remark, isSealed) = (nil, false)
        items.removeAll(keepingCapacity: true)
        made.removeAll(keepingCapacity: made.capacity <= Self.keptCapacity)
    }
    /// Reads the bytes of a `lent` or `made` item; other items have no bytes. `unit` is the message that lent them.
    public func withBytes<R>(of item: Item, in unit: RawSpan, _ body: (RawSpan) throws -> R) rethrows -> R {
        switch item {
        case .lent(_, let range): try body(unit.extracting(range))
        case .made(_, let range, _): try body(made.span.bytes.extracting(range))
        default: try body(RawSpan())
        }
    }
}
