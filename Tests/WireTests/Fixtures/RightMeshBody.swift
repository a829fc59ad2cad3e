import Wire

// RightMesh's own description of these bytes cannot take this one's place: it walks other ways of the visitors. It
// keeps what a record has behind its known fields, here that is skipped and noted; its sections are members of a
// message, here they are a sequence of one type with variants; its checksum is of a message, that of the datagram here
// of a byte string. What it makes of the vectors is tested with it.

/// A rejoined body: sections in ascending type, each at most once.
struct Body: Message {
    static var name: StaticString { "rightmesh.body" }
    var sections: [Section] = []
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.sequence("sections", &sections)
        c.require(
            "sections",
            zip(sections, sections.dropFirst()).allSatisfy {
                $0.kind.rawValue < $1.kind.rawValue || $1.kind.rawValue == 4
            }, 0)
    }
}

/// Section type. Unknown below 0x80: skip the section. Unknown from 0x80: refuse the message.
struct SectionKind: CodePoint {
    var rawValue: UInt8
    init(rawValue: UInt8) { self.rawValue = rawValue }
    static let names = [
        CodeName(1, "PEERS"), CodeName(2, "SUPERPEERS"), CodeName(3, "TARGETS"), CodeName(4, "SIGNATURE"),
    ]
    /// Bytes of a record that every version has.
    var minimum: UInt16 {
        rawValue == 1 || rawValue == 3 ? 24 : rawValue == 2 ? 44 : rawValue == 4 ? 65 : 0
    }
}

/// `count` records of `recLen` bytes. Bytes of a record beyond the known ones are skipped.
struct Section: Message {
    static var name: StaticString { "rightmesh.section" }
    var kind = SectionKind(rawValue: 1)
    /// PEERS: 1 SNAPSHOT, the list is complete.
    var flags: UInt8 = 0
    var recLen = Derived<UInt16>()
    var count = Derived<UInt32>()
    var peers: [Peer] = []
    var superpeers: [Superpeer] = []
    var targets: [Target] = []
    /// Signature, or records that we do not know.
    var opaque = Bytes()
    init() {}
    init(_ kind: UInt8) { self.kind = SectionKind(rawValue: kind) }
    static var variants: [Self] { ([1, 2, 3, 4] as [UInt8]).map { Self($0) } }

    var records: Int {
        peers.count + superpeers.count + targets.count + (opaque.count + 64) / 65
    }

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("section", &kind)
        c.field("flags", &flags)
        let records = records
        c.derived("recLen", &recLen, kind.minimum)
        c.require("recLen", recLen.value >= kind.minimum, UInt64(recLen.value))
        c.derived("count", &count, UInt32(records))
        let n = count.count
        let size = recLen.count
        switch kind.rawValue {
        case 1: c.list("peers", &peers, count: n, stride: size, by: "count")
        case 2: c.list("superpeers", &superpeers, count: n, stride: size, by: "count")
        case 3: c.list("targets", &targets, count: n, stride: size, by: "count")
        default:
            c.require("section", kind.rawValue > 0 && kind.rawValue < 0x80, UInt64(kind.rawValue))
            c.bytes("opaque", &opaque, count: n * size, by: "count")
        }
    }

    struct Peer: Message {
        static var name: StaticString { "rightmesh.peer" }
        var id = Fixed<20>()
        /// Distance from the sender, 1 to 15.
        var hop: UInt8 = 1
        /// 1 in the high nibble: withdrawn.
        var flags: UInt8 = 0
        var role: UInt8 = 0
        /// Seconds since its origin was last heard.
        var age: UInt16 = 0
        init() {}

        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("id", &id)
            c.field("hop", &hop)
            c.bits("flags", &flags, "role", width: 4, &role)
            c.field("age", &age)
        }
    }

    struct Superpeer: Message {
        static var name: StaticString { "rightmesh.superpeer" }
        var id = Fixed<20>()
        /// IPv6 or ::ffff:v4; zero: where the datagram came from.
        var ip = Fixed<16>()
        var port: UInt16 = 40000
        var role: UInt8 = 4
        var hop: UInt8 = 0
        var age: UInt16 = 0
        var reserved: UInt16 = 0
        init() {}

        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("id", &id)
            c.field("ip", &ip)
            c.field("port", &port)
            c.field("role", &role)
            c.field("hop", &hop)
            c.field("age", &age)
            c.field("reserved", &reserved)
        }
    }

    struct Target: Message {
        static var name: StaticString { "rightmesh.target" }
        var id = Fixed<20>()
        /// 0: any.
        var port: UInt16 = 0
        /// 1 SUBSCRIBE, 2 FORGET.
        var flags: UInt16 = 0
        init() {}

        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("id", &id)
            c.field("port", &port)
            c.field("flags", &flags)
        }
    }
}
