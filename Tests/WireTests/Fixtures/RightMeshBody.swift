import Wire

// The real RightMesh description of these bytes cannot replace this one, because it uses other paths through the
// visitors. The real one keeps the bytes after the known fields of a record, and this one skips and notes them. Its
// sections are members of a message, and here they are a sequence of one type with variants. Its checksum covers a
// message, and here the checksum of the datagram covers a byte string. Other tests check its results for the vectors.

/// A rejoined body. Sections are in ascending order of type, each at most once.
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

/// A section type. A receiver skips an unknown type below 0x80, and refuses the message for an unknown type from 0x80.
struct SectionKind: CodePoint {
    var rawValue: UInt8
    init(rawValue: UInt8) { self.rawValue = rawValue }
    static let names = [
        CodeName(1, "PEERS"), CodeName(2, "SUPERPEERS"), CodeName(3, "TARGETS"), CodeName(4, "SIGNATURE"),
    ]
    /// The bytes of a record that each version has.
    var minimum: UInt16 {
        rawValue == 1 || rawValue == 3 ? 24 : rawValue == 2 ? 44 : rawValue == 4 ? 65 : 0
    }
}

/// `count` records of `recLen` bytes. The receiver skips the bytes of a record after the known ones.
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
    /// A signature, or unknown records.
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
        /// The distance from the sender, 1 to 15.
        var hop: UInt8 = 1
        /// If the high nibble is 1, the peer is withdrawn.
        var flags: UInt8 = 0
        var role: UInt8 = 0
        /// Seconds since the last message from the origin.
        var age: UInt16 = 0
        init() {}

        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("id", &id)
            c.field("hop", &hop)
            c.bits("flags", &flags, and: "role", width: 4, &role)
            c.field("age", &age)
        }
    }

    struct Superpeer: Message {
        static var name: StaticString { "rightmesh.superpeer" }
        var id = Fixed<20>()
        /// IPv6 or ::ffff:v4. Zero means the source address of the datagram.
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
