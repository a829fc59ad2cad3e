public import Wire

/// A message of multistream-select 1.0 (libp2p specs, connections): an id, `na`, `ls` or the header of the negotiation.
///
/// A message is refused if it has more than 1,024 bytes or no line feed at the end. A length that is 0, or not in its
/// shortest form, is refused too.
public struct MultistreamToken: Message {
    public static var name: StaticString { "libp2p.multistream" }
    public static var summary: MessageSummary { ["negotiate ", .value("text")] }
    /// The length of the text in bytes, including the line feed.
    public var length = Derived<UInt32>()
    /// The text without the final line feed. The answer to `ls` has a line feed between ids.
    public var text = Text()
    public var end: UInt8 = Self.lineFeed

    /// The maximum length in bytes (go-multistream).
    public static let limit = 1024
    static let lineFeed: UInt8 = 0x0a

    public init() {}
    /// Creates a message with this text.
    public init(_ text: String) { self.text = Text(text) }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.length("length", &length, most: UInt32(Self.limit), UInt32(clamping: text.count + 1))
        c.require("length", length.value > 0, 0)
        c.bytes("text", &text, count: max(0, length.count - 1), by: "length")
        c.constant("end", &end, Self.lineFeed)
    }
}
