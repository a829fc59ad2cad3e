public import Wire

/// What units of a layer carry, in order. One value is used again and again: its memory is kept from unit to unit.
public struct LayerOutput: Sendable {
    /// What a unit means for whatever the layer carries.
    public enum Item: Equatable, Sendable {
        /// A channel begins, opened by this side; what it speaks, where that was negotiated, as `LayerStack.resolve`
        /// takes it.
        case begins(ChannelID, by: Opener, speaks: String?)
        /// Bytes as they stand in the unit: lent, not copied. The range is of the unit.
        case lent(ChannelID, Range<Int>)
        /// Bytes that the layer made of the unit, or of several: decrypted, inflated, unmasked, joined. The range is of
        /// `made`, and empty where more units are needed before there is a byte; `unit` is the range of the unit that
        /// they were made of.
        case made(ChannelID, Range<Int>, unit: Range<Int>)
        /// The bytes of this channel since its last message are a message, which may be empty. `kind`: what the layer
        /// says of it, in its own numbers, such as the opcode of WebSocket; 0 where it says nothing.
        case whole(ChannelID, kind: UInt8)
        /// The bytes of this channel since its last message are none: what makes them a message will not come. `error`:
        /// why no message can be made of the unit, where that is so; rare, and kept apart so that other items stay small.
        indirect case drops(ChannelID, WireError? = nil)
        /// A channel ends, for this side. `isReset`: it was given up, so that what was to come may be missing.
        case ends(ChannelID, by: Opener, isReset: Bool = false)
        /// From here on both sides speak another protocol on the same stream; bytes behind the unit are of that one.
        /// Empty: one that nobody knows.
        case becomes(String)
    }
    /// In order.
    public private(set) var items: [Item] = []
    /// The bytes that were made, which items name by ranges.
    public var made: [UInt8] = []
    /// Whether anybody reads what units carry, which is decided when a channel begins. Where nobody does, a layer may
    /// leave out bytes and messages; it still says which channels begin and end.
    public var isRead = true
    /// What there is to tell people of the stream, such as why nothing of it is read: one line.
    public var remark: String?
    /// `made` keeps this much memory when it is cleared: 1 MiB.
    public static let keptCapacity = 1 << 20

    /// True if the content of the unit is encrypted and cannot be read.
    public var isSealed = false
    /// An output without items.
    public init() {}
    /// Appends an item.
    public mutating func append(_ item: Item) { items.append(item) }
    /// Forgets items and bytes and keeps the memory, up to `keptCapacity`.
    public mutating func clear() {
        (remark, isSealed) = (nil, false)
        items.removeAll(keepingCapacity: true)
        made.removeAll(keepingCapacity: made.capacity <= Self.keptCapacity)
    }
    /// Reads the bytes of a `lent` or `made` item; nothing of others. `unit`: the unit that lent them.
    public func withBytes<R>(of item: Item, in unit: RawSpan, _ body: (RawSpan) throws -> R) rethrows -> R {
        switch item {
        case .lent(_, let range): try body(unit.extracting(range))
        case .made(_, let range, _): try body(made.span.bytes.extracting(range))
        default: try body(RawSpan())
        }
    }
}
