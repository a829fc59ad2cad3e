import Wire

/// A code with two named values.
struct Colour: CodePoint {
    var rawValue: UInt16
    static let names = [CodeName(0x5241, "dev"), CodeName(0x5243, "live")]
}

/// A message with each feature of a binary message.
struct Probe: Message {
    static var name: StaticString { "test.probe" }
    var magic: UInt8 = 0x50
    var colour = Colour(rawValue: 0x5241)
    var high: UInt8 = 0
    var low: UInt8 = 0
    /// 1 query, 2 inner, 4 wide.
    var flags = Derived<UInt16>()
    var wide = false
    var query: Fixed<4>?
    var inner: Inner?
    var portCount = Derived<UInt8>()
    var ports: [UInt16] = []
    var itemCount = Derived<UInt8>()
    var items: [Item] = []
    var labelLength = Derived<UInt32>()
    var label = Text()
    var total: UInt64 = 0
    static var variants: [Self] {
        [false, true].map { wide in
            var m = Self()
            m.wide = wide
            return m
        }
    }

    var bits: UInt16 { (query != nil ? 1 : 0) | (inner != nil ? 2 : 0) | (wide ? 4 : 0) }

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let bits = bits
        c.constant("magic", &magic, 0x50)
        c.field("colour", &colour)
        c.bits("high", &high, and: "low", width: 3, &low)
        c.derived("flags", &flags, .little, computed: bits)
        c.implied("wide", &wide, flags.value & 4 != 0)
        c.optional("query", &query, present: flags.value & 1 != 0)
        c.optional("inner", &inner, present: flags.value & 2 != 0)
        c.derived("port_count", &portCount, UInt8(truncatingIfNeeded: ports.count))
        c.list("ports", &ports, count: portCount.count, by: "port_count")
        c.derived("item_count", &itemCount, UInt8(truncatingIfNeeded: items.count))
        c.list("items", &items, count: itemCount.count, by: "item_count")
        c.derived("label_length", &labelLength, .varint, computed: UInt32(clamping: label.count))
        c.bytes("label", &label, count: labelLength.count, by: "label_length")
        if wide { c.field("total", &total, .little) }
    }

    struct Inner: Message {
        static var name: StaticString { "test.probe.inner" }
        var port: UInt16 = 0
        var key = Fixed<4>()
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("port", &port, .little)
            c.field("key", &key)
        }
    }

    /// A record with its own length.
    struct Item: Message {
        static var name: StaticString { "test.probe.item" }
        var size = Derived<UInt8>()
        var body = Body()
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.derived("size", &size, UInt8(clamping: body.byteCount()))
            c.message("body", &body, length: size.count, by: "size")
        }
        struct Body: Message {
            static var name: StaticString { "test.probe.item.body" }
            var kind: UInt8 = 0
            var data = Bytes()
            mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
                c.field("kind", &kind)
                c.rest("data", &data)
            }
        }
    }
}

/// A protobuf message that contains itself.
struct Branch: Message {
    static var name: StaticString { "test.branch" }
    static var form: Form { .protobuf }
    var mark: Int64?
    var branches: [Branch] = []
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "mark", &mark)
        c.tag(2, "branches", &branches)
    }
}

/// A binary message that contains itself.
struct Chain: Message {
    static var name: StaticString { "test.chain" }
    var count = Derived<UInt8>()
    var links: [Chain] = []
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.derived("count", &count, UInt8(truncatingIfNeeded: links.count))
        c.list("links", &links, count: count.count, by: "count")
    }
}

/// A list of messages without bytes. The peer decides its length.
struct Nothings: Message {
    static var name: StaticString { "test.nothings" }
    var count = Derived<UInt32>()
    var nothings: [Nothing] = []
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.derived("count", &count, UInt32(clamping: nothings.count))
        c.list("nothings", &nothings, count: count.count, by: "count")
    }
    struct Nothing: Message {
        static var name: StaticString { "test.nothing" }
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {}
    }
}

/// A list whose size in memory is large and whose count on the wire is small.
struct Hashes: Message {
    static var name: StaticString { "test.hashes" }
    var count = Derived<UInt64>()
    var hashes: [Key32] = []
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.derived("count", &count, UInt64(hashes.count))
        c.list("hashes", &hashes, count: count.count, by: "count")
    }
}
