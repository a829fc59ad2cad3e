public import Wire

/// A section that is a list of records with the same length.
public struct RecordSection<Record: SectionRecord>: Message {
    public static var name: StaticString { Record.sectionName }
    public var section = Record.section
    /// The flags. If the section has none, they are 0 when sent and ignored when received.
    public var flags = Record.Flags()
    /// The number of bytes of each record, at least `Record.least`.
    public var recLen = Derived<UInt16>()
    public var count = Derived<UInt32>()
    public var records: [Record] = []
    public init() {}
    public init(_ records: [Record]) { self.records = records }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        // A reader takes both values from the bytes.
        let length = C.reads ? 0 : records.recordLength
        let total = UInt32(clamping: records.count)
        c.constant("section", &section, Record.section)
        c.field("flags", &flags)
        c.derived("rec_len", &recLen, length)
        c.require("rec_len", recLen.count >= Record.least, UInt64(recLen.value))
        c.derived("count", &count, total)
        c.require("count", count.count <= Limits.records, UInt64(count.value))
        c.list("records", &records, count: count.count, stride: recLen.count, by: "count")
    }
}
