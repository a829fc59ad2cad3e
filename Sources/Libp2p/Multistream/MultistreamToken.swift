public import Wire

/// A message of multistream-select 1.0 (libp2p specs, connections): an id, `na`, `ls` or the header of the negotiation.
///
/// Refused: more than 1,024 bytes, a length of 0 or not in its shortest form, and a text that no line feed ends.
public struct MultistreamToken: Message {
    public static var name: StaticString { "libp2p.multistream" }
    /// Bytes behind it, the line feed among them.
    public var length = Derived<UInt32>()
    /// Without the line feed. The answer to `ls` has one between ids.
    public var text = Text()
    public var end: UInt8 = Self.lineFeed

    /// Bytes that may stand behind the length (go-multistream).
    public static let limit = 1024
    static let lineFeed: UInt8 = 0x0a

    public init() {}
    /// A message of this text.
    public init(_ text: String) { self.text = Text(text) }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.length("length", &length, most: UInt32(Self.limit), UInt32(clamping: text.count + 1))
        c.require("length", length.value > 0, 0)
        c.bytes("text", &text, count: max(0, length.count - 1), by: "length")
        c.constant("end", &end, Self.lineFeed)
    }
}
