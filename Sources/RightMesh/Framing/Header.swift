internal import Crypto
public import Wire

/// The 72 bytes before every fragment; numbers have their highest byte first.
public struct Header: Message {
    /// As scenarios, filters and reports call it.
    public static var name: StaticString { "rightmesh.header" }
    /// `RM`
    static var magic: Fixed<2> { Fixed([0x52, 0x4d]) }
    static var version: UInt8 { 1 }
    public var magic = Self.magic
    public var version = Self.version
    /// Tells the message.
    public var type: MessageType
    public var flags = HeaderFlags.none
    /// Of `src`.
    public var role = Role()
    /// One less with each relay; 1 for what is never relayed.
    public var hopLimit: UInt8
    /// 0, ignored.
    public var reserved: UInt8 = 0
    /// Who made the message; never zero.
    public var src = MeshID()
    /// Whom it is for; zero in a HELLO or INFO to somebody whose id is not known yet.
    public var dst = MeshID()
    /// Counts the messages of `src` since it was started, from 1, never 0.
    public var msgID: UInt32 = 1
    /// In answers, `msg_id` of the request.
    public var ackID: UInt32 = 0
    /// Which part of the body follows.
    public var fragIndex: UInt16 = 0
    /// Into how many the body was cut.
    public var fragCount: UInt16 = 1
    /// Bytes of the whole body.
    public var bodyLen = Derived<UInt32>()
    /// CRC-32C of the whole body.
    public var bodyCRC = Derived<UInt32>()
    /// Bytes that follow in this datagram; of a whole message, of its body, or 65,535 when that is more.
    public var fragLen = Derived<UInt16>()
    /// Chosen when `src` was started; never zero.
    public var boot: UInt16 = 1

    /// Of a HELLO in one datagram.
    public init() { self.init(.hello) }
    init(_ type: MessageType) {
        self.type = type
        hopLimit = type.firstHopLimit
    }

    /// Checksums are hexadecimal.
    public static var meanings: [String: FieldMeaning] { ["body_crc": .hexadecimal(digits: 8)] }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let (length, crc, part) = (bodyLen.value, bodyCRC.value, fragLen.value)
        code(&c, nil, length, crc, part)
    }
    /// The layout; `expected` is the only type it may be.
    @inline(__always)
    mutating func code<C: Coder & ~Copyable & ~Escapable>(
        _ c: inout C, _ expected: MessageType?, _ length: UInt32, _ crc: UInt32, _ part: UInt16
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

/// CRC-32C of a body.
enum BodyCRC: Checksum {
    static func of(_ bytes: RawSpan) -> UInt64 { UInt64(CRC32C.checksum(bytes)) }
}
