public import Wire

/// The section TARGETS: the nodes that a FIND asks for.
public typealias Targets = RecordSection<Target>

/// A node that a FIND asks for.
public struct Target: SectionRecord {
    public static var name: StaticString { "rightmesh.targets.record" }
    public static var sectionName: StaticString { "rightmesh.targets" }
    public static var section: SectionKind { .targets }
    public var id = MeshID()
    /// The port of an application; 0 means any.
    public var port: UInt16 = 0
    public var flags = TargetFlags.none
    public var `extension`: RecordExtension?
    public init() {}
    public init(_ id: MeshID, port: UInt16 = 0, _ flags: TargetFlags = .none) {
        self.id = id
        self.port = port
        self.flags = flags
    }
    public static let least = Target().byteCount()

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("id", &id)
        c.field("port", &port)
        c.field("flags", &flags)
        c.optional("extension", &self.extension, present: c.remaining > 0)
    }
}
