public import Wire

/// PEERS: nodes that the sender knows, and how far away they are.
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
    /// What its fields stand for.
    public static var meanings: [String: FieldMeaning] { ["flags": .bits([BitName(1, "withdrawn")])] }
    public static var sectionName: StaticString { "rightmesh.peers" }
    public static var section: SectionKind { .peers }
    public var id = MeshID()
    /// How far it is from the sender, 1 to 15. 0: not to be used. Above 15: as 15.
    public var hop: UInt8 = 1
    /// High half of a byte: 1 withdrawn.
    public var flags: UInt8 = 0
    /// Low half of it: the numbers of `Role`.
    public var role: UInt8 = 0
    /// Seconds since the node itself was heard, by whoever heard it.
    public var age: UInt16 = 0
    public var `extension`: RecordExtension?
    public init() {}
    public init(_ id: MeshID, hop: UInt8, role: Role, age: UInt16 = 0, isWithdrawn: Bool = false) {
        self.id = id
        self.hop = hop
        // Half a byte: what does not fit is not said to be something else.
        self.role = role.rawValue < 16 ? role.rawValue : 0
        self.age = age
        flags = isWithdrawn ? 1 : 0
    }
    /// Gone; of lists that are no snapshot.
    public var isWithdrawn: Bool { flags & 1 != 0 }
    /// Whether it may be applied at all.
    var isUsable: Bool { hop > 0 && id != MeshID() }
    /// `hop` as it is read.
    var distance: Int { min(Int(hop), Limits.hops) }
    public static let least = Peer().byteCount()

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("id", &id)
        c.field("hop", &hop)
        c.bits("flags", &flags, "role", width: 4, &role)
        c.field("age", &age)
        c.optional("extension", &self.extension, present: c.remaining > 0)
    }
}
