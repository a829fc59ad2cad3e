public import Node
public import Wire

/// SUPERPEERS: where superpeers can be reached, the sender itself first.
public typealias Superpeers = RecordSection<Superpeer>

/// A superpeer and its address.
public struct Superpeer: SectionRecord {
    public static var name: StaticString { "rightmesh.superpeers.record" }
    /// What its fields stand for.
    public static var meanings: [String: FieldMeaning] { ["ip": .address] }
    public static var sectionName: StaticString { "rightmesh.superpeers" }
    public static var section: SectionKind { .superpeers }
    public var id = MeshID()
    /// IPv6; IPv4 as ::ffff:a.b.c.d; zero: where the datagram came from.
    public var ip = Fixed<16>()
    public var port = Limits.port
    public var role = Role.superpeer
    /// How far it is from the sender; 0 for the sender itself only.
    public var hop: UInt8 = 0
    /// Seconds since it was heard.
    public var age: UInt16 = 0
    /// 0, ignored.
    public var reserved: UInt16 = 0
    /// Where the length of a record has room for them: all of a section have them or none.
    public var metrics: Metrics?
    public var `extension`: RecordExtension?
    public init() {}
    public static let least = Superpeer().byteCount()
    /// Bytes of a record without an extension.
    static func length(hasMetrics: Bool) -> Int { least + (hasMetrics ? Metrics.size : 0) }
    public var byteCountOfKnown: Int { Self.length(hasMetrics: metrics != nil) }
    /// Whether it may be applied at all, in a message of `src`.
    func isUsable(src: MeshID) -> Bool { id != MeshID() && (hop > 0 || id == src) }
    /// Where it can be reached; nil for the address that the datagram came from.
    public var endpoint: Endpoint? {
        get {
            let e = Endpoint(ip: ip, port: port)
            return e.isUnspecified ? nil : e
        }
        set {
            ip = newValue?.ip ?? Fixed()
            if let newValue { port = newValue.port }
        }
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("id", &id)
        c.field("ip", &ip)
        c.field("port", &port)
        c.field("role", &role)
        c.field("hop", &hop)
        c.field("age", &age)
        c.field("reserved", &reserved)
        c.optional("metrics", &metrics, present: c.remaining >= Metrics.size)
        c.optional("extension", &self.extension, present: c.remaining > 0)
    }
}

extension Superpeer {
    /// What a phone may choose a superpeer by.
    public struct Metrics: Message {
        public static var name: StaticString { "rightmesh.superpeers.metrics" }
        public var feeToBuyer: UInt32 = 0
        public var feeToSuperpeer: UInt32 = 0
        public var minTokens: UInt32 = 0
        public var sellers: UInt16 = 0
        public var buyers: UInt16 = 0
        /// Times 100.
        public var buyersPerSeller: UInt16 = 0
        /// 0, ignored.
        public var reserved: UInt16 = 0
        /// Seconds.
        public var uptime: UInt32 = 0
        /// Throughput in kbit/s.
        public var kbits: UInt32 = 0
        static let size = Metrics().byteCount()
        public init() {}

        public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("fee_to_buyer", &feeToBuyer)
            c.field("fee_to_superpeer", &feeToSuperpeer)
            c.field("min_tokens", &minTokens)
            c.field("sellers", &sellers)
            c.field("buyers", &buyers)
            c.field("buyers_per_seller_100", &buyersPerSeller)
            c.field("reserved", &reserved)
            c.field("uptime", &uptime)
            c.field("kbits", &kbits)
        }
    }
}
