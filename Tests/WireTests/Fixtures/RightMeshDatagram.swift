import Wire

/// CRC-32C (Castagnoli), reflected, as in RFC 3720.
enum CRC32C: Checksum {
    static let table: [UInt32] = (0..<256).map {
        (0..<8).reduce(UInt32($0)) { c, _ in c & 1 == 1 ? c >> 1 ^ 0x82f6_3b78 : c >> 1 }
    }
    static func of(_ s: RawSpan) -> UInt64 {
        UInt64(
            ~s.withUnsafeBytes { $0.reduce(~UInt32(0)) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 } })
    }
}

/// One UDP datagram of RMPX v1: 72 bytes and a fragment of the body, at most 8,000 bytes.
struct Datagram: Message {
    static var name: StaticString { "rightmesh.datagram" }
    var magic: UInt16 = 0x524d
    var version: UInt8 = 1
    /// 1 HELLO, 2 HELLO_ACK, 3 INFO, 4 INFO_ACK, 5 FIND, 6 FIND_ACK.
    var type: UInt8 = 1
    var flags: UInt8 = 0
    var role: UInt8 = 0
    var hopLimit: UInt8 = 1
    var reserved: UInt8 = 0
    var src = Fixed<20>()
    var dst = Fixed<20>()
    var msgID: UInt32 = 0
    var ackID: UInt32 = 0
    var fragIndex: UInt16 = 0
    var fragCount: UInt16 = 1
    /// The length of the whole body, as for the checksum.
    var bodyLen = Derived<UInt32>()
    var bodyCRC = Derived<UInt32>()
    var fragLen = Derived<UInt16>()
    var boot: UInt16 = 1
    var fragment = Bytes()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("magic", &magic, 0x524d)
        c.constant("version", &version, 1)
        c.field("type", &type)
        c.require("type", type >= 1 && type <= 6, UInt64(type))
        c.field("flags", &flags)
        c.field("role", &role)
        c.field("hopLimit", &hopLimit)
        c.field("reserved", &reserved)
        c.field("src", &src)
        c.require("src", src != Fixed(), 0)
        c.field("dst", &dst)
        c.field("msgId", &msgID)
        c.field("ackId", &ackID)
        c.field("fragIndex", &fragIndex)
        c.field("fragCount", &fragCount)
        c.require("fragCount", fragIndex < fragCount && fragCount <= 16384, UInt64(fragCount))
        let crc = c.checksum(CRC32C.self, fragment)
        c.derived("bodyLen", &bodyLen, UInt32(fragment.count))
        c.derived("bodyCRC", &bodyCRC, UInt32(crc))
        c.derived("fragLen", &fragLen, UInt16(truncatingIfNeeded: fragment.count))
        c.field("boot", &boot)
        c.require("boot", boot != 0, 0)
        c.bytes("fragment", &fragment, count: fragLen.count, by: "fragLen")
        let sum = c.checksum(CRC32C.self, fragment)
        c.require("bodyCRC", fragCount > 1 || UInt32(sum) == bodyCRC.value, sum)
    }
}
