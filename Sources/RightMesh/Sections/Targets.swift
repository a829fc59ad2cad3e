import Wire

/// TARGETS: whom a FIND asks for.
typealias Targets = RecordSection<Target>

/// A node that somebody looks for.
struct Target: SectionRecord {
    static var name: StaticString { "rightmesh.targets.record" }
    static var sectionName: StaticString { "rightmesh.targets" }
    static var section: SectionKind { .targets }
    var id = MeshID()
    /// Of an application; 0: any.
    var port: UInt16 = 0
    var flags = TargetFlags.none
    var `extension`: RecordExtension?
    init() {}
    init(_ id: MeshID, port: UInt16 = 0, _ flags: TargetFlags = .none) {
        self.id = id
        self.port = port
        self.flags = flags
    }
    static let least = Target().byteCount()

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("id", &id)
        c.field("port", &port)
        c.field("flags", &flags)
        c.optional("extension", &self.extension, present: c.remaining > 0)
    }
}
