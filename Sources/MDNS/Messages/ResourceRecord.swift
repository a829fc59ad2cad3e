internal import Node
public import Wire

/// A record (RFC 1035, section 4.1.3). The fields after its length depend on its type; other types have `data`.
public struct ResourceRecord: Message {
    public static var name: StaticString { "mdns.record" }
    public var name = DomainName()
    public var type = RecordType.ptr
    /// 1 if the record replaces older ones of its name and type (RFC 6762, section 10.2): the highest bit of the class.
    public var cacheFlush: UInt8 = 0
    public var recordClass = RecordClass.internet
    /// The time in seconds for which the record is valid; 0 ends it at once.
    public var ttl: UInt32 = 120
    /// The number of bytes that follow.
    public var length = Derived<UInt16>()
    public var ptr: PointerData?
    public var txt: TextData?
    public var srv: ServiceData?
    /// The IPv4 address of an A record.
    public var a: Fixed<4>?
    /// The IPv6 address of an AAAA record.
    public var aaaa: Fixed<16>?
    /// The content of a record of another type, or of an address of the wrong length.
    public var data = Bytes()
    public init() {}
    /// Creates a record of a type without any content.
    init(_ name: DomainName, _ type: RecordType, ttl: UInt32) { (self.name, self.type, self.ttl) = (name, type, ttl) }
    /// Creates a PTR record.
    public init(_ name: DomainName, ptr target: DomainName, ttl: UInt32) {
        self.init(name, .ptr, ttl: ttl)
        ptr = PointerData(target)
    }
    /// Creates a TXT record.
    public init(_ name: DomainName, txt strings: [String], ttl: UInt32) {
        self.init(name, .txt, ttl: ttl)
        txt = TextData(strings)
    }
    /// Creates an SRV record.
    public init(_ name: DomainName, srv data: ServiceData, ttl: UInt32) {
        self.init(name, .srv, ttl: ttl)
        srv = data
    }
    /// Creates a record of each type.
    public static var variants: [Self] {
        var a = Self("host.local", .a, ttl: 0)
        a.a = Fixed()
        var aaaa = Self("host.local", .aaaa, ttl: 0)
        aaaa.aaaa = Fixed()
        return [
            Self("_p2p._udp.local", ptr: "x._p2p._udp.local", ttl: 0), Self("x._p2p._udp.local", txt: [""], ttl: 0),
            Self("x._p2p._udp.local", srv: ServiceData(), ttl: 0), a, aaaa, Self("x.local", .any, ttl: 0),
        ]
    }
    public static var meanings: [String: FieldMeaning] { ["a": .dottedAddress, "aaaa": .address] }

    /// The number of bytes of the content.
    private var contentCount: Int {
        let groups = (ptr?.byteCount() ?? 0) + (txt?.byteCount() ?? 0) + (srv?.byteCount() ?? 0)
        return groups + (a == nil ? 0 : 4) + (aaaa == nil ? 0 : 16) + data.count
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.domain("name", &name)
        c.field("type", &type)
        c.bits("cache_flush", &cacheFlush, 0..<1, of: 16)
        c.bits("class", &recordClass, 1..<16, of: 16)
        c.field("ttl", &ttl)
        let content = C.reads ? 0 : contentCount
        c.derived("length", &length, UInt16(clamping: content))
        let count = length.count
        let isIPv4 = type == .a && (!C.reads || count == 4)
        let isIPv6 = type == .aaaa && (!C.reads || count == 16)
        c.optional("ptr", &ptr, present: type == .ptr, like: PointerData(), length: count, by: "length")
        c.optional("txt", &txt, present: type == .txt, like: TextData(), length: count, by: "length")
        c.optional("srv", &srv, present: type == .srv, like: ServiceData(), length: count, by: "length")
        c.optional("a", &a, present: isIPv4)
        c.optional("aaaa", &aaaa, present: isIPv6)
        let hasOwnField = type == .ptr || type == .txt || type == .srv || isIPv4 || isIPv6
        if !hasOwnField || !C.reads && data.count > 0 { c.bytes("data", &data, count: count, by: "length") }
    }
}

/// The content of a PTR record.
public struct PointerData: Message {
    public static var name: StaticString { "mdns.ptr" }
    public var target = DomainName()
    public init() {}
    init(_ target: DomainName) { self.target = target }
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.domain("target", &target) }
}

/// The content of an SRV record (RFC 2782). The port of libp2p means nothing.
public struct ServiceData: Message {
    public static var name: StaticString { "mdns.srv" }
    public var priority: UInt16 = 0
    public var weight: UInt16 = 0
    public var port: UInt16 = 0
    public var target = DomainName()
    public init() {}
    init(_ target: DomainName, port: UInt16) { (self.target, self.port) = (target, port) }
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("priority", &priority)
        c.field("weight", &weight)
        c.field("port", &port)
        c.domain("target", &target)
    }
}

/// The content of a TXT record: strings (RFC 1035, section 3.3.14).
public struct TextData: Message {
    public static var name: StaticString { "mdns.txt" }
    public var strings: [TextString] = []
    public init() {}
    init(_ strings: [String]) { self.strings = strings.map(TextString.init) }
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.sequence("strings", &strings) }
}

/// A string of a TXT record, of at most 255 bytes.
public struct TextString: Message {
    public static var name: StaticString { "mdns.string" }
    public var length = Derived<UInt8>()
    public var text = Text()
    public init() {}
    init(_ text: String) { self.text = Text(text) }
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.derived("length", &length, UInt8(clamping: text.count))
        c.bytes("text", &text, count: length.count, by: "length")
    }
}
