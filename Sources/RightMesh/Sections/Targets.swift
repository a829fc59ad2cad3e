import Wire

/// TARGETS: whom a FIND asks for.
struct Targets: Message {
    static var name: StaticString { "rightmesh.targets" }
    var section = SectionKind.targets
    /// 0, ignored.
    var flags: UInt8 = 0
    /// Bytes of each record, 24 at least.
    var recLen = Derived<UInt16>()
    var count = Derived<UInt32>()
    var records: [Target] = []
    init() {}
    init(_ records: [Target]) { self.records = records }

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let (least, records) = (24, UInt32(clamping: records.count))
        let length = C.reads ? 0 : self.records.recordLength(atLeast: least)
        c.constant("section", &section, .targets)
        c.field("flags", &flags)
        c.derived("rec_len", &recLen, length)
        c.require("rec_len", recLen.count >= least, UInt64(recLen.value))
        c.derived("count", &count, records)
        c.require("count", count.count <= Limits.records, UInt64(count.value))
        c.list("records", &self.records, count: count.count, stride: recLen.count, by: "count")
    }

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
        var byteCountOfKnown: Int { 24 }

        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("id", &id)
            c.field("port", &port)
            c.field("flags", &flags)
            c.optional("extension", &self.extension, present: c.remaining > 0)
        }
    }
}
