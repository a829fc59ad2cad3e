public import Wire

/// The section PEERS: nodes that the sender knows, and their distances.
public typealias Peers = RecordSection<Peer>

extension Peers {
    public init(_ records: [Peer], isSnapshot: Bool) {
        self.records = records
        flags = isSnapshot ? .snapshot : .none
    }
}

/// A node as the sender sees it.
public struct Peer: SectionRecord {
    public typealias Flags = PeersFlags
    public static var name: StaticString { "rightmesh.peers.record" }
    public static var meanings: [String: FieldMeaning] { ["flags": .bits([BitName(1, "withdrawn")])] }
    public static var sectionName: StaticString { "rightmesh.peers" }
    public static var section: SectionKind { .peers }
    public var id = MeshID()
    /// The distance from the sender in hops, 1 to 15. A record with 0 is not used; values above 15 are read as 15.
    public var hop: UInt8 = 1
    /// The high half of a byte; 1 means withdrawn.
    public var flags: UInt8 = 0
    /// The low half of the byte: a number of `Role`.
    public var role: UInt8 = 0
    /// The number of seconds since any node last received a message from the node itself.
    public var age: UInt16 = 0
    public var `extension`: RecordExtension?
    public init() {}
    public init(_ id: MeshID, hop: UInt8, role: Role, age: UInt16 = 0, isWithdrawn: Bool = false) {
        self.id = id
        self.hop = hop
        // The field has half a byte. A role that does not fit is sent as unset.
        self.role = role.rawValue < 16 ? role.rawValue : 0
        self.age = age
        flags = isWithdrawn ? 1 : 0
    }
    /// True if the node is gone. Only lists that are no snapshot use it.
    public var isWithdrawn: Bool { flags & 1 != 0 }
    /// True if the record may be applied.
    var isUsable: Bool { hop > 0 && id != MeshID() }
    /// The value of `hop` that a receiver uses.
    var distance: Int { min(Int(hop), Limits.hops) }
    public static let least = Peer().byteCount()

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("id", &id)
        c.field("hop", &hop)
        c.bits("flags", &flags, and: "role", width: 4, &role)
        c.field("age", &age)
        c.optional("extension", &self.extension, present: c.remaining > 0)
    }
}
