internal import Node
import Wire

/// SUPERPEERS: where superpeers can be reached, the sender itself first.
typealias Superpeers = RecordSection<Superpeer>

/// A superpeer and its address.
struct Superpeer: SectionRecord {
    static var name: StaticString { "rightmesh.superpeers.record" }
    static var sectionName: StaticString { "rightmesh.superpeers" }
    static var section: SectionKind { .superpeers }
    var id = MeshID()
    /// IPv6; IPv4 as ::ffff:a.b.c.d; zero: where the datagram came from.
    var ip = Fixed<16>()
    var port = Limits.port
    var role = Role.superpeer
    /// How far it is from the sender; 0 for the sender itself only.
    var hop: UInt8 = 0
    /// Seconds since it was heard.
    var age: UInt16 = 0
    /// 0, ignored.
    var reserved: UInt16 = 0
    /// Where the length of a record has room for them: all of a section have them or none.
    var metrics: Metrics?
    var `extension`: RecordExtension?
    init() {}
    static let least = Superpeer().byteCount()
    /// Bytes of a record without an extension.
    static func length(hasMetrics: Bool) -> Int { least + (hasMetrics ? Metrics.size : 0) }
    var byteCountOfKnown: Int { Self.length(hasMetrics: metrics != nil) }
    /// Whether it may be applied at all, in a message of `src`.
    func isUsable(src: MeshID) -> Bool { id != MeshID() && (hop > 0 || id == src) }
    /// Where it can be reached; nil for the address that the datagram came from.
    var endpoint: Endpoint? {
        get {
            let e = Endpoint(ip: ip, port: port)
            return e.isUnspecified ? nil : e
        }
        set {
            ip = newValue?.ip ?? Fixed()
            if let newValue { port = newValue.port }
        }
    }

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
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
    struct Metrics: Message {
        static var name: StaticString { "rightmesh.superpeers.metrics" }
        var feeToBuyer: UInt32 = 0
        var feeToSuperpeer: UInt32 = 0
        var minTokens: UInt32 = 0
        var sellers: UInt16 = 0
        var buyers: UInt16 = 0
        /// Times 100.
        var buyersPerSeller: UInt16 = 0
        /// 0, ignored.
        var reserved: UInt16 = 0
        /// Seconds.
        var uptime: UInt32 = 0
        /// Throughput in kbit/s.
        var kbits: UInt32 = 0
        static let size = Metrics().byteCount()
        init() {}

        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
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
