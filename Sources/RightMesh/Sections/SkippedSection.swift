import Wire

/// A section that is not known, of a number from 5 to 127: a receiver goes on behind it.
struct SkippedSection: Message {
    static var name: StaticString { "rightmesh.skipped" }
    var section = SectionKind(rawValue: 0x20)
    var flags: UInt8 = 0
    /// Bytes of each record; may be none.
    var recLen: UInt16 = 0
    var count: UInt32 = 0
    /// All records.
    var content = Bytes()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("section", &section)
        c.require("section", section.isSkipped, UInt64(section.rawValue))
        c.field("flags", &flags)
        c.field("rec_len", &recLen)
        c.field("count", &count)
        c.bytes("content", &content, count: Int(recLen) * Int(count), by: "count")
    }
}
