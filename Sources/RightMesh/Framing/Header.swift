internal import Crypto
public import Wire

/// The 72 bytes before every fragment. Numbers have their highest byte first.
public struct Header: Message {
    /// The name in scenarios, filters and reports.
    public static var name: StaticString { "rightmesh.header" }
    /// The bytes `RM`.
    static var magic: Fixed<2> { Fixed([0x52, 0x4d]) }
    static var version: UInt8 { 1 }
    public var magic = Self.magic
    public var version = Self.version
    /// The type of the message.
    public var type: MessageType
    public var flags = HeaderFlags.none
    /// The role of `src`.
    public var role = Role()
    /// The number of hops that are left, one less with each relay; 1 for messages that are never relayed.
    public var hopLimit: UInt8
    /// 0 when sent, ignored when received.
    public var reserved: UInt8 = 0
    /// The originator of the message; never zero.
    public var src = MeshID()
    /// The destination of the message; zero in a HELLO or INFO to a node whose id is not known yet.
    public var dst = MeshID()
    /// The number of the message, which counts the messages of `src` since its start: from 1, never 0.
    public var msgID: UInt32 = 1
    /// The `msg_id` of the request in an answer; 0 in a request.
    public var ackID: UInt32 = 0
    /// The index of the fragment that follows.
    public var fragIndex: UInt16 = 0
    /// The number of fragments of the body.
    public var fragCount: UInt16 = 1
    /// The number of bytes of the whole body.
    public var bodyLen = Derived<UInt32>()
    /// The CRC-32C of the whole body.
    public var bodyCRC = Derived<UInt32>()
    /// The number of bytes that follow in this datagram. In a whole message, it is the length of the body, at most
    /// 65,535.
    public var fragLen = Derived<UInt16>()
    /// A random number that `src` has chosen at its start; never zero.
    public var boot: UInt16 = 1

    /// Creates the header of a HELLO in one datagram.
    public init() { self.init(.hello) }
    init(_ type: MessageType) {
        self.type = type
        hopLimit = type.firstHopLimit
    }

    /// Checksums are shown in hexadecimal.
    public static var meanings: [String: FieldMeaning] { ["body_crc": .hexadecimal(digits: 8)] }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let (length, crc, part) = (bodyLen.value, bodyCRC.value, fragLen.value)
        code(&c, as: nil, length: length, crc: crc, part: part)
    }
    /// Codes the layout. If `expected` is given, it is the only type allowed.
    @inline(__always)
    mutating func code<C: Coder & ~Copyable & ~Escapable>(
        _ c: inout C, as expected: MessageType?, length: UInt32, crc: UInt32, part: UInt16
    ) {
        c.constant("magic", &magic, Self.magic)
        c.constant("version", &version, Self.version)
        if let expected { c.constant("type", &type, expected) } else { c.field("type", &type) }
        c.field("flags", &flags)
        c.field("role", &role)
        c.field("hop_limit", &hopLimit)
        c.field("reserved", &reserved)
        c.field("src", &src)
        c.field("dst", &dst)
        c.field("msg_id", &msgID)
        c.field("ack_id", &ackID)
        c.field("frag_index", &fragIndex)
        c.field("frag_count", &fragCount)
        c.derived("body_len", &bodyLen, length)
        c.derived("body_crc", &bodyCRC, crc)
        c.derived("frag_len", &fragLen, part)
        c.field("boot", &boot)
    }
}

/// The CRC-32C of a body.
enum BodyCRC: Checksum {
    static func of(_ bytes: RawSpan) -> UInt64 { UInt64(CRC32C.checksum(bytes)) }
}
