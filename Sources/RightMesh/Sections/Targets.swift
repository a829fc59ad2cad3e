import Wire

/// TARGETS: whom a FIND asks for.
struct Targets: RecordSection {
    static var name: StaticString { "rightmesh.targets" }
    static var kind: SectionKind { .targets }
    var section = Self.kind
    /// 0, ignored.
    var flags: UInt8 = 0
    var recLen = Derived<UInt16>()
    var count = Derived<UInt32>()
    var records: [Target] = []
    init() {}
    init(_ records: [Target]) { self.records = records }

    /// A node that somebody looks for.
    struct Target: Extensible {
        static var name: StaticString { "rightmesh.targets.record" }
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
}
