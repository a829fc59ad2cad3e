public import Wire

/// An unknown section with a number from 5 to 127. A receiver skips it.
public struct SkippedSection: Message {
    public static var name: StaticString { "rightmesh.skipped" }
    public var section = SectionKind(rawValue: 0x20)
    public var flags: UInt8 = 0
    /// The number of bytes of each record; may be 0.
    public var recLen: UInt16 = 0
    public var count: UInt32 = 0
    /// The bytes of all records.
    public var content = Bytes()
    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("section", &section)
        c.require("section", section.isSkipped, UInt64(section.rawValue))
        c.field("flags", &flags)
        c.field("rec_len", &recLen)
        c.field("count", &count)
        c.bytes("content", &content, count: Int(recLen) * Int(count), by: "count")
    }
}
