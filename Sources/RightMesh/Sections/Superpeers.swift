public import Node
public import Wire

/// The section SUPERPEERS: the addresses of superpeers, the sender itself first.
public typealias Superpeers = RecordSection<Superpeer>

/// A superpeer and its address.
public struct Superpeer: SectionRecord {
    public static var name: StaticString { "rightmesh.superpeers.record" }
    public static var meanings: [String: FieldMeaning] { ["ip": .address] }
    public static var sectionName: StaticString { "rightmesh.superpeers" }
    public static var section: SectionKind { .superpeers }
    public var id = MeshID()
    /// An IPv6 address, or an IPv4 address as ::ffff:a.b.c.d. Zero means the source address of the datagram.
    public var ip = Fixed<16>()
    public var port = Limits.port
    public var role = Role.superpeer
    /// The distance from the sender in hops; 0 only for the sender itself.
    public var hop: UInt8 = 0
    /// The number of seconds since the superpeer last sent a message.
    public var age: UInt16 = 0
    /// 0 when sent, ignored when received.
    public var reserved: UInt16 = 0
    /// The metrics, if the record length has room for them. Either all records of a section have them or none has.
    public var metrics: Metrics?
    public var `extension`: RecordExtension?
    public init() {}
    public static let least = Superpeer().byteCount()
    /// Returns the number of bytes of a record without an extension.
    static func length(hasMetrics: Bool) -> Int { least + (hasMetrics ? Metrics.size : 0) }
    public var byteCountOfKnown: Int { Self.length(hasMetrics: metrics != nil) }
    /// Returns true if the record may be applied in a message of `src`.
    func isUsable(src: MeshID) -> Bool { id != MeshID() && (hop > 0 || id == src) }
    /// The endpoint of the superpeer; nil if it is the source address of the datagram.
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
    /// The values by which a phone may choose a superpeer.
    public struct Metrics: Message {
        public static var name: StaticString { "rightmesh.superpeers.metrics" }
        public var feeToBuyer: UInt32 = 0
        public var feeToSuperpeer: UInt32 = 0
        public var minTokens: UInt32 = 0
        public var sellers: UInt16 = 0
        public var buyers: UInt16 = 0
        /// The ratio, times 100.
        public var buyersPerSeller: UInt16 = 0
        /// 0 when sent, ignored when received.
        public var reserved: UInt16 = 0
        /// The uptime in seconds.
        public var uptime: UInt32 = 0
        /// The throughput in kbit/s.
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
