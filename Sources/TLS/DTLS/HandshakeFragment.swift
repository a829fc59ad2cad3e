public import Wire

/// A fragment of a handshake message of DTLS (RFC 6347, section 4.2.2). A record can hold several.
public struct HandshakeFragment: Message {
    public static var name: StaticString { "dtls.handshake_fragment" }
    public static var summary: MessageSummary {
        [.value("type"), " ", .number("message_seq"), ", ", .size("fragment"), " of ", .number("length")]
    }
    public var type = HandshakeType.finished
    /// The number of bytes of the whole message.
    public var length: UInt32 = 0
    /// The number of the message in its handshake. Repetitions have the same number.
    public var number: UInt16 = 0
    /// The offset of the fragment in the message.
    public var offset: UInt32 = 0
    public var fragmentLength = Derived<UInt32>()
    public var fragment = Bytes()

    /// The number of bytes before the fragment.
    static let headerSize = 12

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.bits("type", &type, 0..<8, of: 32)
        c.bits("length", &length, 8..<32, of: 32)
        c.field("message_seq", &number)
        c.bits("fragment_offset", &offset, 0..<24, of: 24)
        c.bits(
            "fragment_length", &fragmentLength, 0..<24, of: 24, computed: UInt32(truncatingIfNeeded: fragment.count))
        c.require(
            "fragment_length", Int(offset) + fragmentLength.count <= Int(length), UInt64(fragmentLength.value))
        c.bytes("fragment", &fragment, count: fragmentLength.count, by: "fragment_length")
    }
}
